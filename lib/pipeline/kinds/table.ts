import { attachPartition, columnDefinition, columnSettings, createTable, ident, tableSettings } from '../ddl.ts';
import type { TableName } from '../plan.ts';
import { objectId, parseObjectId, type SchemaObject } from '../snapshot.ts';
import { notNullClause } from './not-null.ts';
import { listOf, qualifiedId, textOf } from './relation.ts';
import { alterTable } from './table-alter.ts';
import { type CreatingStatement, defineKind } from './kind.ts';

interface Row {
  owner: string;
  schema: string;
  name: string;
  persistence: string;
  partitioned: boolean;
  partition_key: string | null;
  partition: boolean;
  partition_bound: string | null;
  parent_schemas: string[];
  parent_names: string[];
  /** Of each, whether it is a foreign table. */
  parents_foreign: boolean[];
  of_type: string | null;
  row_security: boolean;
  force_row_security: boolean;
  replica_identity: string;
  replica_identity_index: string | null;
  options: string[];
  access_method: string | null;
}

export const tableKind = defineKind<Row>({
  kind: 'table',
  label: { one: 'table', many: 'tables' },
  query: 'introspect/table_list',
  catalog: 'pg_class',
  aside: ['owner'],
  holdsData: true,
  grantedAs: 'TABLE',
  attributes: [
    { name: 'persistence', label: 'persistence', usual: 'permanent', remedy: 'altered' },
    { name: 'partitioned', label: 'partitioned', derived: true, usual: false },
    { name: 'partitionKey', label: 'partitioned by' },
    { name: 'partitionOf', label: 'partition of', remedy: 'altered' },
    { name: 'partitionBound', label: 'partition bound', remedy: 'altered' },
    { name: 'inherits', label: 'inherits', usual: [], remedy: 'altered' },
    { name: 'ofType', label: 'of type', remedy: 'altered' },
    { name: 'rowSecurity', label: 'row security', usual: false, remedy: 'altered' },
    { name: 'forceRowSecurity', label: 'row security for the owner too', usual: false, remedy: 'altered' },
    { name: 'replicaIdentity', label: 'replica identity', usual: 'default', remedy: 'altered' },
    { name: 'replicaIdentityIndex', label: 'replica identity index', remedy: 'altered' },
    { name: 'options', label: 'storage parameters', usual: [], remedy: 'altered' },
    { name: 'accessMethod', label: 'access method', remedy: 'altered' },
    { name: 'columnOrder', label: 'order of columns', remedy: 'refused' },
  ],
  fromRow: (row) => {
    const parents = row.parent_names.map((name, at) => objectId(row.parents_foreign[at] === true ? 'foreign_table' : 'table', row.parent_schemas[at] ?? '', name));
    return {
      id: objectId('table', row.schema, row.name),
      kind: 'table',
      schema: row.schema,
      name: row.name,
      parent: null,
      position: null,
      attributes: {
        persistence: row.persistence,
        partitioned: row.partitioned,
        partitionKey: row.partition_key,
        partitionOf: row.partition ? (parents[0] ?? null) : null,
        partitionBound: row.partition_bound,
        inherits: row.partition ? [] : parents,
        ofType: row.of_type,
        rowSecurity: row.row_security,
        forceRowSecurity: row.force_row_security,
        replicaIdentity: row.replica_identity,
        replicaIdentityIndex: row.replica_identity_index,
        options: row.options.toSorted(),
        // A partitioned table has none up to Postgres 16, and may name the one of its future partitions from 17 on, be it the usual one.
        accessMethod: row.access_method === 'heap' && !row.partitioned ? null : row.access_method,
      },
      aside: { owner: row.owner },
    };
  },
  alter: alterTable,
  create: (object, family) => [
    object.attributes.ofType !== null && object.attributes.ofType !== undefined ? { stage: 'table', sql: createTyped(object, family) } : createsHeir(object) ? { stage: 'heir', sql: createHeir(object, family) } : { stage: 'table', sql: createTable([object, ...family], object) },
    ...family.filter((child) => child.kind === 'column').flatMap((column) => columnSettings(column, object).map((sql): CreatingStatement => ({ stage: createsHeir(object) ? 'heir' : 'table', sql }))),
    ...attachments(object),
    ...tableSettings(object, object).map((sql): CreatingStatement => ({ stage: 'setting', sql })),
  ],
});

/** Partitions are created as tables of their own, so that column order and defaults are theirs, and joined to the parent afterwards. */
function attachments(object: SchemaObject): CreatingStatement[] {
  const { partitionOf, partitionBound } = object.attributes;
  if (typeof partitionOf === 'string' && typeof partitionBound === 'string') {
    return [{ stage: 'attachment', sql: attachPartition(tableOf(partitionOf), object, partitionBound) }];
  }
  return [];
}

/** `CREATE TABLE … OF type`: names and types of the columns are the type's, the rest is the table's. */
function createTyped(object: SchemaObject, family: readonly SchemaObject[]): string {
  const columns = family.filter((child) => child.kind === 'column').toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0));
  const options = columns.flatMap((column) => {
    const rest = columnDefinition(column).slice(`${ident(column.name)} ${textOf(column, 'type')}`.length);
    return rest === '' ? [] : [`  ${ident(column.name)} WITH OPTIONS${rest}`];
  });
  const bare = createTable([object], object);
  return bare.replace(' ()', ` OF ${textOf(object, 'ofType')}${options.length > 0 ? ` (\n${options.join(',\n')}\n)` : ''}`);
}

function createsHeir(object: SchemaObject): boolean {
  return listOf(object, 'inherits').length > 0;
}

/** `CREATE TABLE … (its own columns) INHERITS (…)`: what it only inherits it must not declare, or it would keep it when the parent drops it. */
function createHeir(object: SchemaObject, family: readonly SchemaObject[]): string {
  const columns = family.filter((child) => child.kind === 'column');
  const asked = columns.filter((column) => column.attributes.local !== true && column.attributes.notNullOwn === true && column.attributes.nullable === false);
  return createTable([object, ...columns.filter((column) => column.attributes.local === true)], object, { clause: ` INHERITS (${listOf(object, 'inherits').map(qualifiedId).join(', ')})`, constraints: asked.map(notNullClause) });
}

function tableOf(id: string): TableName {
  const [schema = '', name = ''] = parseObjectId(id).path;
  return { schema, name };
}
