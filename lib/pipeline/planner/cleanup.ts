import { ident, literal, qualified } from '../ddl.ts';
import { tableKey } from '../expectation.ts';
import type { Phase, Statement, Step, TableName } from '../plan.ts';
import { listed } from '../words.ts';
import { lateChecks, type LateDrop, lateSteps, lateTouches, lateVerification } from './drop-late.ts';
import type { Held } from './held.ts';
import type { Workbench } from './input.ts';
import { errorsTable } from './rebuild-feeds.ts';

/** Drops what the plan kept, after the rollback window. Its own approval; nothing comes back after it. */
export function cleanupPhase(bench: Pick<Workbench, 'keepSchema' | 'shadowSchema'> & { input: Pick<Workbench['input'], 'windowHours'> }, kept: readonly TableName[], phases: readonly Phase[], unfollow: readonly Statement[], views: readonly Statement[] = [], columns: readonly Statement[] = [], held: readonly Held[] = [], late: readonly LateDrop[] = []): Phase {
  const schemas = [bench.shadowSchema, bench.keepSchema];
  const last = phases.findLast((phase) => phase.kind === 'convert') ?? phases.at(-1);
  return {
    id: 'cleanup',
    kind: 'cleanup',
    title: titleOf(kept.length, held.length, late.length),
    summary: `When the rollback window is over, drops ${late.length > 0 ? 'the columns whose values nothing could give back, ' : ''}the backups, the old tables, the quarantine and ${held.length > 0 ? 'everything' : 'the tables'} set aside. Earlier phases cannot be rolled back afterwards.`,
    steps: numbered([...(unfollow.length > 0 ? [unfollowStep(unfollow)] : []), ...(views.length > 0 ? [readersStep(views)] : []), ...(columns.length > 0 ? [columnsStep(columns)] : []), ...lateSteps(late), ...kept.map(dropStep), ...(held.length > 0 ? [heldStep(held)] : []), schemaStep(schemas, unfollow.length > 0 ? errorsTable(bench) : null)]),
    checks: [...kept.map((table) => ({ id: `rows:${tableKey(table)}`, kind: 'rows' as const, table })), ...lateChecks(late)],
    verifications: [...late.map(lateVerification), ...kept.map((table) => ({ label: `${table.name} is dropped`, sql: `SELECT (to_regclass(${literal(qualified(table))}) IS NULL)::text`, expect: { from: 'literal' as const, value: 'true' } }))],
    price: [],
    touches: lateTouches(late),
    requires: phases.filter((phase) => phase.kind !== 'validate').map((phase) => phase.id),
    orphanDecisions: {},
    destructive: true,
    pointOfNoReturn: true,
    due: last ? { afterPhase: last.id, hours: bench.input.windowHours } : null,
  };
}

function titleOf(tables: number, others: number, columns: number): string {
  const words = [...(columns > 0 ? [columns === 1 ? 'a column' : `${columns} columns`] : []), ...(tables > 0 ? [`${tables} kept ${tables === 1 ? 'table' : 'tables'}`] : []), ...(others > 0 ? [`${others} ${tables > 0 ? 'other ' : ''}kept ${others === 1 ? 'object' : 'objects'}`] : [])];
  return `Drop ${listed(words)}`;
}

/** What takes away something that stood for the way back. */
function goneStep(title: string, statements: readonly Statement[], sentence: string): Omit<Step, 'id'> {
  return { title, statements, undo: [], locks: [], rewrite: false, hazards: [{ code: 'NOT_REVERSIBLE', sentence }], editable: false };
}

/** After the tables that rest on them. */
function heldStep(held: readonly Held[]): Omit<Step, 'id'> {
  const names = held.map(({ object }) => object.name);
  return goneStep(
    `Drop ${names.length <= 3 ? listed(names) : `${names[0] ?? ''} and ${names.length - 1} more`}`,
    held.map(({ object, drop }) => ({ do: 'execute', label: `drop ${object.name}`, sql: drop })),
    held.length === 1 ? `${names[0] ?? ''} is gone for good.` : 'What was set aside beside the tables is gone for good.',
  );
}

function numbered(steps: readonly Omit<Step, 'id'>[]): Step[] {
  return steps.map((step, i) => ({ id: `cleanup.${i + 1}`, ...step }));
}

/** First of all: an old table that is still kept in step would change while its rows are counted. */
function unfollowStep(statements: readonly Statement[]): Omit<Step, 'id'> {
  return goneStep('Stop keeping the old tables in step', statements, 'The old tables no longer get what is written.');
}

/** Before the old tables, on which they rest. */
function readersStep(statements: readonly Statement[]): Omit<Step, 'id'> {
  return goneStep('Drop the old views and policies', statements, 'What reads the old tables is gone for good; what reads the new ones stays.');
}

/** Behind the views that read them. Their indexes and rules go with them. */
function columnsStep(statements: readonly Statement[]): Omit<Step, 'id'> {
  return goneStep('Drop the old columns', statements, 'The old columns and their values are gone for good.');
}

function dropStep(table: TableName): Omit<Step, 'id'> {
  return {
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
function schemaStep(schemas: readonly string[], errors: TableName | null): Omit<Step, 'id'> {
  return {
    title: `Drop the schemas ${listed(schemas)} where nothing is left in them`,
    statements: [...(errors ? [dropWhenEmptyIfThere(errors)] : []), ...schemas.map((schema): Statement => ({ do: 'execute', label: `drop ${schema} if it is empty`, sql: dropIfEmpty(schema) }))],
    undo: [],
    locks: [],
    rewrite: false,
    hazards: [],
    editable: false,
  };
}

/** The list of keys that did not go over; with entries in it, it stays for a person to read. */
function dropWhenEmptyIfThere(table: TableName): Statement {
  const name = qualified(table);
  return { do: 'execute', label: `drop ${table.name} if nothing is in it`, sql: `DO $$ BEGIN\n  IF to_regclass(${literal(name)}) IS NOT NULL THEN\n    IF NOT EXISTS (SELECT 1 FROM ${name}) THEN DROP TABLE ${name} RESTRICT; END IF;\n  END IF;\nEND $$` };
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
