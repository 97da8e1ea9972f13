import { attachPartition, columnSettings, createTable, inherit, tableSettings } from '../ddl.ts';
import type { TableName } from '../plan.ts';
import { objectId, parseObjectId, type SchemaObject } from '../snapshot.ts';
import { type CreatingStatement, defineKind } from './kind.ts';

interface Row {
  schema: string;
  name: string;
  persistence: string;
  partitioned: boolean;
  partition_key: string | null;
  partition: boolean;
  partition_bound: string | null;
  parent_schemas: string[];
  parent_names: string[];
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
  attributes: [
    { name: 'persistence', label: 'persistence', usual: 'permanent' },
    { name: 'partitioned', label: 'partitioned', derived: true, usual: false },
    { name: 'partitionKey', label: 'partitioned by' },
    { name: 'partitionOf', label: 'partition of' },
    { name: 'partitionBound', label: 'partition bound' },
    { name: 'inherits', label: 'inherits', usual: [] },
    { name: 'ofType', label: 'of type' },
    { name: 'rowSecurity', label: 'row security', usual: false },
    { name: 'forceRowSecurity', label: 'row security for the owner too', usual: false },
    { name: 'replicaIdentity', label: 'replica identity', usual: 'default' },
    { name: 'replicaIdentityIndex', label: 'replica identity index' },
    { name: 'options', label: 'storage parameters', usual: [] },
    { name: 'accessMethod', label: 'access method' },
  ],
  fromRow: (row) => {
    const parents = row.parent_names.map((name, i) => objectId('table', row.parent_schemas[i] ?? '', name));
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
        // A partitioned table has none up to Postgres 16, and may name the one of its future partitions from 17 on.
        accessMethod: row.access_method === 'heap' ? null : row.access_method,
      },
    };
  },
  create: (object, family) => [
    { stage: 'table', sql: createTable([object, ...family], object) },
    ...family.filter((child) => child.kind === 'column').flatMap((column) => columnSettings(column, object).map((sql): CreatingStatement => ({ stage: 'table', sql }))),
    ...attachments(object),
    ...tableSettings(object, object).map((sql): CreatingStatement => ({ stage: 'setting', sql })),
  ],
});

/** Partitions and heirs are created as tables of their own, so that column order and defaults are theirs, and joined to the parent afterwards. */
function attachments(object: SchemaObject): CreatingStatement[] {
  const { partitionOf, partitionBound, inherits } = object.attributes;
  if (typeof partitionOf === 'string' && typeof partitionBound === 'string') {
    return [{ stage: 'attachment', sql: attachPartition(tableOf(partitionOf), object, partitionBound) }];
  }
  return Array.isArray(inherits) ? inherits.map((parent: string) => ({ stage: 'attachment', sql: inherit(object, tableOf(parent)) })) : [];
}

function tableOf(id: string): TableName {
  const [schema = '', name = ''] = parseObjectId(id).path;
  return { schema, name };
}
