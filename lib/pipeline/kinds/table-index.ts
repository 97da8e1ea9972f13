import { clusterOn, createIndex, ident, qualified } from '../ddl.ts';
import { canonicalExpression, canonicalOrNull } from '../expression.ts';
import { objectId, parseObjectId, type SchemaObject } from '../snapshot.ts';
import { defineKind } from './kind.ts';
import { listOf, NONE, relationId, relationOf } from './relation.ts';

interface Row {
  relkind: string;
  parent_schema: string | null;
  parent_table: string | null;
  parent_name: string | null;
  column_settings: string[] | null;
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
  catalog: 'pg_class',
  attributes: [
    { name: 'definition', label: 'definition', derived: true },
    { name: 'using', label: 'definition' },
    { name: 'unique', label: 'unique' },
    { name: 'method', label: 'method', derived: true },
    { name: 'columns', label: 'columns', derived: true },
    { name: 'predicate', label: 'only rows where', derived: true },
    { name: 'valid', label: 'valid', usual: true },
    { name: 'clustered', label: 'clustered on', usual: false, remedy: 'altered' },
    { name: 'inherited', label: 'inherited', usual: false, remedy: 'follows' },
    { name: 'partitionOf', label: 'part of', remedy: 'altered' },
    { name: 'columnSettings', label: 'statistics targets', usual: [], remedy: 'altered' },
  ],
  fromRow: ({ relkind, parent_schema, parent_table, parent_name, column_settings, schema, table, name, prefix, definition, ...rest }) => {
    const { method, unique, valid, columns, predicate, clustered, inherited } = rest;
    if (!definition.startsWith(prefix)) throw new Error(`index ${name}: the server's definition does not begin with ${JSON.stringify(prefix)}`);
    return {
      id: objectId('index', schema, table, name),
      kind: 'index',
      schema,
      name,
      parent: relationId(relkind, schema, table),
      position: null,
      attributes: { definition: canonicalExpression(definition), using: canonicalExpression(definition.slice(prefix.length)), method, unique, valid, columns: columns.map(canonicalExpression), predicate: canonicalOrNull(predicate), clustered, inherited, partitionOf: parent_schema !== null && parent_table !== null && parent_name !== null ? objectId('index', parent_schema, parent_table, parent_name) : null, columnSettings: column_settings ?? NONE },
    };
  },
  address: (object) => `INDEX ${qualified(object)}`,
  alter: ({ current, desired, names }) => {
    // An index that was attached stays attached until it goes.
    if (names.has('partitionOf') && current.attributes.partitionOf !== null) return null;
    const forgotten = listOf(current, 'columnSettings').map((setting) => setting.split(' ')[0]).filter((number) => !listOf(desired, 'columnSettings').some((setting) => setting.split(' ')[0] === number));
    return [
      ...(names.has('clustered') ? [desired.attributes.clustered === true ? clusterOn(tableOf(desired), desired.name) : `ALTER TABLE ${relationOf(desired)} SET WITHOUT CLUSTER`] : []),
      ...(names.has('columnSettings') ? [...forgotten.map((number) => `ALTER INDEX ${qualified(desired)} ALTER COLUMN ${number} SET STATISTICS -1`), ...columnSettings(desired)] : []),
      ...(names.has('partitionOf') ? [attachIndex(desired)] : []),
    ];
  },
  create: (object) => {
    // What is inherited is built with the index of the partitioned table.
    if (object.attributes.inherited === true) return [];
    const table = tableOf(object);
    return [
      { stage: 'index', sql: createIndex(object, table) },
      ...columnSettings(object).map((sql) => ({ stage: 'index' as const, sql })),
      ...(object.attributes.clustered === true ? [{ stage: 'setting' as const, sql: clusterOn(table, object.name) }] : []),
    ];
  },
});

/** `ALTER INDEX parent ATTACH PARTITION index`: for an index that was made on a partition of its own. */
export function attachIndex(object: SchemaObject): string {
  const [schema = '', , name = ''] = parseObjectId(String(object.attributes.partitionOf)).path;
  return `ALTER INDEX ${ident(schema)}.${ident(name)} ATTACH PARTITION ${qualified(object)}`;
}

function columnSettings(object: SchemaObject): string[] {
  return listOf(object, 'columnSettings').map((setting) => `ALTER INDEX ${qualified(object)} ALTER COLUMN ${setting}`);
}

function tableOf(object: SchemaObject): { schema: string; name: string } {
  const [schema = '', name = ''] = parseObjectId(object.parent ?? '').path;
  return { schema, name };
}
