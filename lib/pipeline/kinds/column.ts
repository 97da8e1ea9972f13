import { canonicalOrNull } from '../expression.ts';
import { objectId } from '../snapshot.ts';
import { defineKind } from './kind.ts';

interface Row {
  schema: string;
  table: string;
  name: string;
  position: number;
  type: string;
  nullable: boolean;
  default: string | null;
  generated: string | null;
  identity: string | null;
  identity_options: string | null;
  collation: string | null;
  storage: string | null;
  compression: string | null;
  statistics_target: number | null;
  options: string[];
  inherited: boolean;
}

export const columnKind = defineKind<Row>({
  kind: 'column',
  label: { one: 'column', many: 'columns' },
  query: 'introspect/column_list',
  attributes: [
    { name: 'type', label: 'type' },
    { name: 'nullable', label: 'may be null' },
    { name: 'default', label: 'default' },
    { name: 'identity', label: 'identity' },
    { name: 'identityOptions', label: 'identity options' },
    { name: 'generated', label: 'generated as' },
    { name: 'collation', label: 'collation' },
    { name: 'storage', label: 'storage' },
    { name: 'compression', label: 'compression' },
    { name: 'statisticsTarget', label: 'statistics target' },
    { name: 'options', label: 'options', usual: [] },
    { name: 'inherited', label: 'inherited', usual: false },
  ],
  fromRow: (row) => ({
    id: objectId('column', row.schema, row.table, row.name),
    kind: 'column',
    schema: row.schema,
    name: row.name,
    parent: objectId('table', row.schema, row.table),
    position: row.position,
    attributes: {
      type: row.type,
      nullable: row.nullable,
      default: canonicalOrNull(row.default),
      identity: row.identity,
      identityOptions: row.identity_options,
      generated: canonicalOrNull(row.generated),
      collation: row.collation,
      storage: row.storage,
      compression: row.compression,
      statisticsTarget: row.statistics_target,
      options: row.options.toSorted(),
      inherited: row.inherited,
    },
  }),
  create: () => [],
});
