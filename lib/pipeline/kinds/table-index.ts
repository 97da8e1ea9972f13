import { clusterOn, createIndex } from '../ddl.ts';
import { canonicalExpression, canonicalOrNull } from '../expression.ts';
import { objectId, parseObjectId } from '../snapshot.ts';
import { defineKind } from './kind.ts';

interface Row {
  schema: string;
  table: string;
  name: string;
  definition: string;
  prefix: string;
  method: string;
  unique: boolean;
  valid: boolean;
  columns: string[];
  predicate: string | null;
  clustered: boolean;
  inherited: boolean;
}

export const indexKind = defineKind<Row>({
  kind: 'index',
  label: { one: 'index', many: 'indexes' },
  query: 'introspect/index_list',
  attributes: [
    { name: 'definition', label: 'definition', derived: true },
    { name: 'using', label: 'definition' },
    { name: 'unique', label: 'unique' },
    { name: 'method', label: 'method', derived: true },
    { name: 'columns', label: 'columns', derived: true },
    { name: 'predicate', label: 'only rows where', derived: true },
    { name: 'valid', label: 'valid', usual: true },
    { name: 'clustered', label: 'clustered on', usual: false },
    { name: 'inherited', label: 'inherited', usual: false },
  ],
  fromRow: ({ schema, table, name, prefix, definition, ...rest }) => {
    if (!definition.startsWith(prefix)) throw new Error(`index ${name}: the server's definition does not begin with ${JSON.stringify(prefix)}`);
    return {
      id: objectId('index', schema, table, name),
      kind: 'index',
      schema,
      name,
      parent: objectId('table', schema, table),
      position: null,
      attributes: { definition: canonicalExpression(definition), using: canonicalExpression(definition.slice(prefix.length)), ...rest, columns: rest.columns.map(canonicalExpression), predicate: canonicalOrNull(rest.predicate) },
    };
  },
  create: (object) => {
    // What is inherited is built with the index of the partitioned table.
    if (object.attributes.inherited === true) return [];
    const [schema = '', name = ''] = parseObjectId(object.parent ?? '').path;
    const table = { schema, name };
    return [{ stage: 'index', sql: createIndex(object, table) }, ...(object.attributes.clustered === true ? [{ stage: 'setting' as const, sql: clusterOn(table, object.name) }] : [])];
  },
});
