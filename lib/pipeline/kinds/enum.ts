import { createEnum } from '../ddl.ts';
import { objectId } from '../snapshot.ts';
import { defineKind } from './kind.ts';

interface Row {
  schema: string;
  name: string;
  labels: string[];
}

export const enumKind = defineKind<Row>({
  kind: 'enum',
  label: { one: 'enum', many: 'enums' },
  query: 'introspect/enum_list',
  attributes: [{ name: 'labels', label: 'labels, in order' }],
  fromRow: ({ schema, name, labels }) => ({ id: objectId('enum', schema, name), kind: 'enum', schema, name, parent: null, position: null, attributes: { labels } }),
  create: (object) => [{ stage: 'type', sql: createEnum(object) }],
});
