import { ident, literal, qualified } from '../ddl.ts';
import { tableKey } from '../expectation.ts';
import type { Phase, Step, TableName } from '../plan.ts';
import { listed } from '../words.ts';
import type { Workbench } from './input.ts';

/** Drops what the plan kept, after the rollback window. Its own approval; nothing comes back after it. */
export function cleanupPhase(bench: Workbench, kept: readonly TableName[], phases: readonly Phase[]): Phase {
  const schemas = [bench.shadowSchema, bench.keepSchema];
  const last = phases.findLast((phase) => phase.kind === 'convert') ?? phases.at(-1);
  return {
    id: 'cleanup',
    kind: 'cleanup',
    title: `Drop ${kept.length} kept ${kept.length === 1 ? 'table' : 'tables'}`,
    summary: `When the rollback window is over, drops the backups, the old tables, the quarantine and the tables set aside. Earlier phases cannot be rolled back afterwards.`,
    steps: [...kept.map((table, i) => dropStep(table, i + 1)), schemaStep(schemas, kept.length + 1)],
    checks: kept.map((table) => ({ id: `rows:${tableKey(table)}`, kind: 'rows', table })),
    verifications: kept.map((table) => ({ label: `${table.name} is dropped`, sql: `SELECT (to_regclass(${literal(qualified(table))}) IS NULL)::text`, expect: { from: 'literal', value: 'true' } })),
    price: [],
    touches: [],
    requires: phases.filter((phase) => phase.kind !== 'validate').map((phase) => phase.id),
    orphanDecisions: {},
    destructive: true,
    pointOfNoReturn: true,
    due: last ? { afterPhase: last.id, hours: bench.input.windowHours } : null,
  };
}

function dropStep(table: TableName, number: number): Step {
  return {
    id: `cleanup.${number}`,
    title: `Drop ${table.name}`,
    statements: [
      { do: 'execute', label: `lock ${table.name}`, sql: `LOCK TABLE ${qualified(table)} IN ACCESS EXCLUSIVE MODE` },
      { do: 'assert', label: `rows of ${table.name}`, sql: `SELECT count(*)::text FROM ${qualified(table)}`, expect: { from: 'evidence', check: `rows:${tableKey(table)}`, field: 'rows' } },
      { do: 'execute', label: `drop ${table.name}`, sql: `DROP TABLE ${qualified(table)} RESTRICT` },
    ],
    undo: [],
    locks: [{ mode: 'ACCESS EXCLUSIVE', table }],
    rewrite: false,
    hazards: [{ code: 'NOT_REVERSIBLE', sentence: `${table.name} and its rows are gone for good.` }],
    editable: false,
  };
}

/** Rows that a rollback kept aside are not in the list above: a schema that still holds a table stays, and so does the table. */
function schemaStep(schemas: readonly string[], number: number): Step {
  return {
    id: `cleanup.${number}`,
    title: `Drop the schemas ${listed(schemas)} where nothing is left in them`,
    statements: schemas.map((schema) => ({ do: 'execute', label: `drop ${schema} if it is empty`, sql: dropIfEmpty(schema) })),
    undo: [],
    locks: [],
    rewrite: false,
    hazards: [],
    editable: false,
  };
}

function dropIfEmpty(schema: string): string {
  const namespace = `to_regnamespace(${literal(ident(schema))})`;
  return [
    'DO $$ BEGIN',
    `  IF ${namespace} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = ${namespace}) THEN`,
    `    DROP SCHEMA ${ident(schema)} RESTRICT;`,
    '  END IF;',
    'END $$',
  ].join('\n');
}
