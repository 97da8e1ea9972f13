import { addConstraint, createIndex, ident, literal, qualified } from '../ddl.ts';
import type { Check } from '../evidence.ts';
import type { Hazard } from '../hazards.ts';
import type { Assertion, Phase, Statement, Step, TableName } from '../plan.ts';
import type { Feed } from '../step-kinds/feed.ts';
import { bytesText, listed } from '../words.ts';
import { adoptSteps, releaseSteps } from './carried-sequences.ts';
import { filledSteps, splitResting } from './carried-filled.ts';
import { viewLocks } from './carried-views.ts';
import type { Conversion } from './convert-sql.ts';
import type { Draft } from './draft.ts';
import { columnsOf, constraintsOf, execute, indexesOf, list, text, type Workbench } from './input.ts';
import { spoken } from './names.ts';
import { backFeed, errorsTable, forwardFeed, rebuildNames, respelledKey, typeAfter, typeBefore } from './rebuild-feeds.ts';
import { type KeyOfTable, keysAfter, keysBefore, swapBackStatements, swapLocks, type SwapTerms, swapStatements, validateKey } from './rebuild-swap.ts';
import { createLog, createNoteFunction, createTruncateFunction, followStatements, unfollowStatements } from './rebuild-triggers.ts';
import { roundedHazards } from './rounded.ts';

/** The locks of the swap are asked for when at most this many keys wait: applied under the lock in a few milliseconds. */
const SWAP_BACKLOG = 300;
/** A catch-up that only has to come near. */
export const NEAR_BACKLOG = 1_000;

export interface RebuildPhases {
  build: Phase;
  swap: Phase;
}

/** The parts of a conversion's phase that both modes share. */
export interface SharedParts {
  /** The new tables with their settings, owner, grants and comments, and the statements that drop them. */
  shadow: Step;
  checks: readonly Check[];
  verifications: Phase['verifications'];
  touches: readonly string[];
  orphanDecisions: Phase['orphanDecisions'];
  /** Takes rows without a parent out of the live tables, or gives them another reference, before anything is built; empty: nothing of that was decided. */
  mended: readonly Draft[];
  /** Where decisions on them could put such rows. */
  notes: readonly TableName[];
  /** Why this mode. */
  reason: string;
}

/**
 * Mode (b): the new tables are filled beside the live ones while the application writes, and change places with them under a lock of
 * milliseconds. Two phases, each with its own approval and way back: what is built stays in step for as long as one likes before the swap,
 * and a rollback of the swap goes back to that state, so that going forward again is cheap.
 */
export function rebuildPhases(bench: Workbench, tables: readonly Conversion[], number: number, shared: SharedParts): RebuildPhases {
  const id = number === 1 ? 'convert' : `convert-${number}`;
  const terms: SwapTerms = { bench, tables, forward: forwardFeed(bench, tables), back: backFeed(bench, tables) };
  return { build: buildPhase(terms, id, shared), swap: swapPhase(terms, id, shared) };
}

function buildPhase(terms: SwapTerms, id: string, shared: SharedParts): Phase {
  const { bench, tables } = terms;
  const names = listed(tables.map((one) => spoken(one.live)));
  return {
    id,
    kind: 'convert',
    title: `Build ${names} anew beside the live tables`,
    summary: `${shared.reason}${shared.mended.length > 0 ? ' Before that the rows without a parent are mended in the live tables as it was decided, in batches.' : ''} Triggers note the keys of every row that changes; the rows are copied in batches while the application works, and what changed meanwhile is applied until both sides are equal. Nothing that the application sees is changed yet.${vacuumCost(bench, tables)}`,
    steps: [...shared.mended, shadowStep(terms, shared.shadow), followStep(terms), feedStep(terms), indexStep(terms), catchUpStep(terms.forward), ...tables.map(vacuumStep)].map((step, i) => ({ ...step, id: `${id}.${i + 1}` })),
    checks: [...shared.checks, { id: 'free_names', kind: 'free_names', names: [...tables.flatMap((one) => [one.shadow, one.original, ...Object.values(rebuildNames(bench, one.live)).slice(0, 3)]), ...shared.notes] }],
    verifications: tables.map((one) => ({ label: `the new ${one.live.name} stands`, sql: `SELECT (to_regclass(${literal(qualified(one.shadow))}) IS NOT NULL)::text`, expect: { from: 'literal', value: 'true' } })),
    price: [],
    touches: shared.touches,
    requires: ['backup'],
    orphanDecisions: shared.orphanDecisions,
    destructive: Object.values(shared.orphanDecisions).some((decision) => decision.verdict === 'delete'),
    pointOfNoReturn: false,
    due: null,
  };
}

function swapPhase(terms: SwapTerms, buildId: string, shared: SharedParts): Phase {
  const { bench, tables } = terms;
  const id = `${buildId}-swap`;
  const names = listed(tables.map((one) => spoken(one.live)));
  const release = releaseSteps(`${id}.2`, tables);
  const swap = 2 + release.length;
  const adopt = adoptSteps(`${id}.${swap + 2}`, tables);
  return {
    id,
    kind: 'convert',
    title: `Swap ${names}`,
    summary: `Proves by count and hash in one snapshot that both sides hold the same rows, then the new tables take the place of the old ones under a lock of milliseconds. From then on triggers keep the old tables in step until clean-up: a rollback brings them back with every write since.`,
    steps: [proofStep(`${id}.1`, terms), ...release, swapStep(terms, `${id}.${swap}`), settleStep(terms, `${id}.${swap + 1}`), ...adopt, ...filledSteps(bench, tables, id, swap + 2 + adopt.length)],
    checks: [...shared.checks.filter((check) => check.kind !== 'violations' && !(shared.mended.length > 0 && ['rows', 'orphans'].includes(check.kind))), { id: 'free_names', kind: 'free_names', names: tables.map((one) => one.original) }],
    verifications: shared.verifications,
    price: tables.map((one) => ({ table: one.live, step: `${id}.${swap}`, sql: lossSql(bench, one) })),
    touches: shared.touches,
    requires: ['backup', buildId],
    orphanDecisions: shared.mended.length > 0 ? {} : shared.orphanDecisions,
    destructive: false,
    pointOfNoReturn: false,
    due: null,
  };
}

/** A rollback loses only the keys that do not go back: what waits in the log is applied before the tables change places. */
export function lossSql(bench: Workbench, one: Conversion): string {
  return `SELECT 0::bigint AS inserted, count(*) AS changed, 0::bigint AS deleted FROM ${qualified(errorsTable(bench))} WHERE feed = 'back' AND source = ${literal(spoken(one.live))}`;
}

export function keyTypes(one: Conversion, of: 'before' | 'after'): string[] {
  return one.key.flatMap((name) => {
    const column = one.columns.find((candidate) => candidate.name === name);
    return column ? [of === 'before' ? typeBefore(one, column) : typeAfter(column)] : [];
  });
}

function shadowStep({ bench, tables }: SwapTerms, shadow: Draft): Draft {
  const errors = errorsTable(bench);
  const made = tables.map((one) => ({ one, names: rebuildNames(bench, one.live) }));
  return {
    ...shadow,
    title: 'Create the new tables, and the logs of changed keys, beside the live ones',
    statements: [
      ...shadow.statements,
      execute('create the list of keys that do not go over', `CREATE TABLE IF NOT EXISTS ${qualified(errors)} (feed text NOT NULL, source text NOT NULL, key jsonb NOT NULL, state text NOT NULL, noticed_at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (feed, source, key))`),
      ...made.flatMap(({ one, names }): Statement[] => [
        ...primaryKey(one),
        createLog(names.forwardLog, keyTypes(one, 'before')),
        createLog(names.backLog, keyTypes(one, 'after')),
        ...(respelledKey(one) ? [execute(`create ${names.spelling.name}`, `CREATE TABLE ${qualified(names.spelling)} (${keyTypes(one, 'after').map((type, i) => `new${i + 1} ${type} NOT NULL`).join(', ')}, ${keyTypes(one, 'before').map((type, i) => `old${i + 1} ${type} NOT NULL`).join(', ')}, PRIMARY KEY (${one.key.map((_, i) => `new${i + 1}`).join(', ')}), UNIQUE (${one.key.map((_, i) => `old${i + 1}`).join(', ')}))`)] : []),
        createNoteFunction(names.forwardFunction, names.forwardLog, one.key, keyTypes(one, 'before')),
        createNoteFunction(names.backFunction, names.backLog, one.key, keyTypes(one, 'after')),
        createTruncateFunction(names.truncateFunction, spoken(one.live)),
      ]),
    ],
    undo: [
      ...made.toReversed().flatMap(({ one, names }): Statement[] => [
        ...[names.forwardFunction, names.backFunction, names.truncateFunction].map((name) => execute(`drop ${name.name}`, `DROP FUNCTION IF EXISTS ${qualified(name)}() RESTRICT`)),
        ...[names.forwardLog, names.backLog, ...(respelledKey(one) ? [names.spelling] : [])].map((table) => execute(`drop ${table.name}`, `DROP TABLE IF EXISTS ${qualified(table)} RESTRICT`)),
      ]),
      ...shadow.undo,
      execute('forget the keys that did not go over', `DELETE FROM ${qualified(errors)} WHERE source = ANY (ARRAY[${tables.map((one) => literal(spoken(one.live))).join(', ')}])`),
    ],
  };
}

function followStep({ bench, tables }: SwapTerms): Draft {
  return {
    title: 'Follow the live tables: from here on every changed key is noted',
    statements: [
      execute(`lock ${listed(tables.map((one) => one.live.name))} against writes`, `LOCK TABLE ${tables.map((one) => qualified(one.live)).join(', ')} IN SHARE ROW EXCLUSIVE MODE`),
      ...tables.flatMap((one) => followStatements(one.live, spoken(one.live), rebuildNames(bench, one.live).forwardFunction, rebuildNames(bench, one.live).truncateFunction)),
    ],
    undo: tables.flatMap((one) => unfollowStatements(one.live, spoken(one.live), 'IF EXISTS ')),
    locks: tables.map((one) => ({ mode: 'SHARE ROW EXCLUSIVE', table: one.live })),
    undoLocks: tables.map((one) => ({ mode: 'ACCESS EXCLUSIVE', table: one.live })),
    rewrite: false,
    hazards: [{ code: 'SLOWER_WRITES', sentence: `Every statement that writes ${listed(tables.map((one) => spoken(one.live)))} also notes the keys it touched, and TRUNCATE is refused, until clean-up or rollback.` }],
    editable: false,
  };
}

/** Undone by the drop of the tables that it fills. */
function feedStep(terms: SwapTerms): Draft {
  return { ...plainDraft('Copy the rows in batches, applying what changes meanwhile'), locks: terms.tables.map((one) => ({ mode: 'ACCESS SHARE', table: one.live })), hazards: roundedHazards(terms.tables), work: { kind: 'feed', feed: terms.forward, copy: true, until: NEAR_BACKLOG, proof: false, alsoTrue: [] } };
}

function primaryKey(one: Conversion): Statement[] {
  return constraintsOf(one.family, 'primary key').map((key) => execute(`add ${key.name}`, addConstraint(one.shadow, key.name, text(key, 'definition') ?? '')));
}

function laterObjects(one: Conversion): Statement[] {
  return [
    ...constraintsOf(one.family, 'unique', 'check', 'exclusion').map((object) => execute(`add ${object.name}`, addConstraint(one.shadow, object.name, text(object, 'definition') ?? ''))),
    ...indexesOf(one.family).map((object) => execute(`create index ${object.name}`, createIndex(object, one.shadow))),
    execute(`gather statistics of the new ${one.live.name}`, `ANALYZE ${qualified(one.shadow)}`),
  ];
}

function indexStep({ tables }: SwapTerms): Draft {
  return { ...plainDraft('Build keys, checks and indexes on the new tables, where nobody waits for them'), statements: tables.flatMap(laterObjects) };
}

function catchUpStep(feed: Feed): Draft {
  return { ...plainDraft('Apply what changed while the indexes were built'), work: { kind: 'feed', feed, copy: false, until: NEAR_BACKLOG, proof: false, alsoTrue: [] } };
}

/** Behind the last of the batches: what changes afterwards takes its own pages out of the map alone. */
function vacuumStep(one: Conversion): Draft {
  return { ...plainDraft(`Vacuum the new ${spoken(one.live)}, so that index-only scans are fast right after the swap`), work: { kind: 'outside', act: { act: 'vacuum', table: one.shadow, freeze: true } } };
}

function vacuumCost({ input }: Workbench, tables: readonly Conversion[]): string {
  const bytes = tables.map((one) => input.current.estimates[one.id]?.bytes ?? null);
  if (bytes.includes(null)) return '';
  return ` The vacuum at the end reads about ${bytesText(bytes.reduce<number>((sum, one) => sum + (one ?? 0), 0))} once more and marks what it has read.`;
}

function proofStep(id: string, { bench, tables, forward }: SwapTerms): Step {
  const validate = keysBefore(bench, tables).flatMap(validateKey);
  const keys = keysAfter(bench, tables);
  return {
    ...plainStep(id, 'Prove that both sides hold the same rows'),
    work: { kind: 'feed', feed: forward, copy: false, until: SWAP_BACKLOG, proof: true, alsoTrue: keys.map((key) => noOrphans(tables, key)) },
    hazards: keys.length === 0 ? [] : [{ code: 'STOPS_ON_ROWS', sentence: `A row without a parent for ${listed(keys.map((key) => key.object.name))} stops it here, before anything is changed: put the row right in the live table, which the new one follows, and start the phase again.` }],
    undo: validate,
    undoLocks: keysBefore(bench, tables).map((key) => ({ mode: 'SHARE UPDATE EXCLUSIVE', table: key.table })),
  };
}

/** The swap adds the foreign keys without looking at the rows; so it is looked before. */
function noOrphans(tables: readonly Conversion[], key: KeyOfTable): Assertion {
  const shadowOf = (table: TableName): TableName => tables.find((one) => qualified(one.live) === qualified(table))?.shadow ?? table;
  const columns = list(key.object, 'columns');
  const parents = list(key.object, 'referencedColumns');
  const match = columns.map((column, i) => `p.${ident(parents[i] ?? '')} = c.${ident(column)}`).join(' AND ');
  return {
    label: `rows without a parent for ${key.object.name}`,
    sql: `SELECT count(*)::text FROM ${qualified(shadowOf(key.table))} c WHERE ${columns.map((column) => `c.${ident(column)} IS NOT NULL`).join(' AND ')} AND NOT EXISTS (SELECT 1 FROM ${qualified(shadowOf(key.parent))} p WHERE ${match})`,
    expect: { from: 'literal', value: '0' },
  };
}

function swapStep(terms: SwapTerms, id: string): Step {
  const { bench, tables } = terms;
  const locks = [...viewLocks(splitResting(bench, tables).early), ...swapLocks(bench, tables)];
  return {
    id,
    title: 'Swap the tables under one lock',
    statements: swapStatements(terms),
    work: { kind: 'swap', feed: terms.forward, until: SWAP_BACKLOG },
    undo: swapBackStatements(terms),
    undoWork: { kind: 'swap', feed: terms.back, until: SWAP_BACKLOG },
    locks,
    undoLocks: locks,
    rewrite: false,
    hazards: [...hazardsOf(locks.map((claim) => spoken(claim.table))), ...roundedHazards(tables)],
    editable: false,
  };
}

/** Validates what the swap added; the way back begins here with catching the old tables up, before anything is locked. */
function settleStep({ bench, tables, back }: SwapTerms, id: string): Step {
  const keys = keysAfter(bench, tables);
  return {
    ...plainStep(id, 'Validate the foreign keys, gather statistics'),
    statements: [...keys.flatMap(validateKey), ...tables.map((one) => execute(`gather statistics of ${one.live.name}`, `ANALYZE ${qualified(one.live)}`))],
    undoWork: { kind: 'feed', feed: back, copy: false, until: SWAP_BACKLOG, proof: false, alsoTrue: [] },
    locks: keys.map((key) => ({ mode: 'SHARE UPDATE EXCLUSIVE', table: key.table })),
    undoLocks: [],
  };
}

/** What clean-up takes away before it drops the old tables: nobody needs to be followed any more. */
export function unfollowForGood(bench: Workbench, tables: readonly Conversion[]): Statement[] {
  return tables.flatMap((one) => {
    const names = rebuildNames(bench, one.live);
    return [
      ...unfollowStatements(one.live, spoken(one.live), 'IF EXISTS '),
      ...[names.forwardFunction, names.backFunction, names.truncateFunction].map((name) => execute(`drop ${name.name}`, `DROP FUNCTION IF EXISTS ${qualified(name)}() RESTRICT`)),
      ...[names.forwardLog, names.backLog, ...(respelledKey(one) ? [names.spelling] : [])].map((table) => execute(`drop ${table.name}`, `DROP TABLE IF EXISTS ${qualified(table)} RESTRICT`)),
    ];
  });
}

export function plainStep(id: string, title: string): Step {
  return { id, ...plainDraft(title) };
}

function plainDraft(title: string): Draft {
  return { title, statements: [], undo: [], locks: [], rewrite: false, hazards: [], editable: false };
}

function hazardsOf(names: readonly string[]): Hazard[] {
  return [
    { code: 'BLOCKS_READS_AND_WRITES', sentence: `Nobody can read or write ${listed(names)} while the last keys are applied and the tables change places: milliseconds, once the lock is had.` },
    { code: 'STALE_PLANS', sentence: 'Sessions with named prepared statements on these tables fail until they reconnect: restart or drain the application pool after the swap.' },
  ];
}

/** Columns that only one side has could not go over in both directions. */
export function sameColumns(one: Conversion): boolean {
  const before = columnsOf(one.beforeFamily).map((column) => column.name);
  const after = columnsOf(one.family).map((column) => column.name);
  return before.length === after.length && before.every((name) => after.includes(name));
}
