import { ident, literal, qualified } from '../ddl.ts';
import { tableKey } from '../expectation.ts';
import type { Phase, Statement, Step, TableName } from '../plan.ts';
import { rowAsText } from '../rows-as-text.ts';
import { listed } from '../words.ts';
import { tableId } from './convert.ts';
import type { Workbench } from './input.ts';
import { keptTable, spoken } from './names.ts';

export const BACKUP_PHASE = 'backup';

/** The copy of a table in the keep schema. */
export function backupOf(bench: Pick<Workbench, 'keepSchema'>, table: TableName): TableName {
  return keptTable(bench.keepSchema, table, '_backup');
}

/** Copies of every table whose rows a later phase moves, compared by count and content hash in one snapshot; and the schema that keeps what later phases set aside. */
export function backupPhase(bench: Workbench, tables: readonly TableName[]): Phase {
  return {
    id: BACKUP_PHASE,
    kind: 'backup',
    title: tables.length > 0 ? `Back up ${listed(tables.map(spoken))}` : 'Prepare the keep schema',
    summary: `Creates the schema ${bench.keepSchema}, in which everything that this plan replaces is kept until clean-up${tables.length > 0 ? ', and copies the tables whose rows will be moved' : ''}. No live table is locked against writes.`,
    steps: [keepSchemaStep(bench), ...tables.map((table) => backupStep(bench, table))].map((step, i) => ({ id: `${BACKUP_PHASE}.${i + 1}`, ...step })),
    checks: [
      ...tables.map((table) => ({ id: `rows:${tableKey(table)}`, kind: 'rows' as const, table })),
      { id: 'free_names', kind: 'free_names', names: tables.map((table) => backupOf(bench, table)) },
    ],
    verifications: tables.map((table) => ({
      label: `backup of ${spoken(table)} exists`,
      sql: `SELECT (to_regclass(${literal(qualified(backupOf(bench, table)))}) IS NOT NULL)::text`,
      expect: { from: 'literal', value: 'true' },
    })),
    price: [],
    touches: tables.map(tableId),
    requires: [],
    orphanDecisions: {},
    destructive: false,
    pointOfNoReturn: false,
    due: null,
  };
}

function keepSchemaStep(bench: Workbench): Omit<Step, 'id'> {
  const exists = `SELECT count(*)::text FROM pg_namespace WHERE nspname = ${literal(bench.keepSchema)}`;
  return {
    title: `Create the schema ${bench.keepSchema}`,
    statements: [{ do: 'execute', label: 'create the keep schema', sql: `CREATE SCHEMA IF NOT EXISTS ${ident(bench.keepSchema)}` }],
    // Rows that a rollback kept aside live there too: the schema goes at clean-up, not before.
    undo: [{ do: 'assert', label: 'the keep schema stays until clean-up', sql: exists, expect: { from: 'literal', value: '1' } }],
    locks: [],
    rewrite: false,
    hazards: [],
    editable: false,
  };
}

function backupStep(bench: Workbench, table: TableName): Omit<Step, 'id'> {
  const backup = backupOf(bench, table);
  return {
    title: `Copy ${spoken(table)} and compare the copy`,
    statements: [
      { do: 'execute', label: `copy ${table.name}`, sql: `CREATE TABLE ${qualified(backup)} AS SELECT * FROM ${qualified(table)}` },
      { do: 'assert', label: `rows in the backup of ${spoken(table)}`, sql: countSql(backup), expect: { from: 'sql', sql: countSql(table) } },
      { do: 'assert', label: `content hash of the backup of ${spoken(table)}`, sql: hashSql(backup), expect: { from: 'sql', sql: hashSql(table) } },
    ],
    undo: [{ do: 'execute', label: `drop the backup of ${table.name}`, sql: `DROP TABLE ${qualified(backup)} RESTRICT` }] satisfies Statement[],
    locks: [{ mode: 'ACCESS SHARE', table }],
    rewrite: false,
    isolation: 'repeatable read',
    hazards: [],
    editable: false,
  };
}

function countSql(table: TableName): string {
  return `SELECT count(*)::text FROM ${qualified(table)}`;
}

/** A sum of row hashes does not depend on the order of rows; numeric, because it overflows bigint. */
function hashSql(table: TableName): string {
  return `SELECT coalesce(sum(hashtextextended(${rowAsText('t')}, 0)::numeric), 0)::text FROM ${qualified(table)} t`;
}
