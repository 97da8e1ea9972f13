import { columnDefinition, columnSettings, ident, literal, qualified } from '../ddl.ts';
import type { Check } from '../evidence.ts';
import type { Assertion, Phase, Statement, Step } from '../plan.ts';
import { listed } from '../words.ts';
import { built as indexBuilt } from './alter-index.ts';
import { viewsVerification, dropKeptViews } from './carried-views.ts';
import { columnCarried } from './carried.ts';
import { columnsFeed } from './columns-feeds.ts';
import { columnNames, type SwappedColumn, swappedColumns } from './columns-names.ts';
import { freshIndex, swappedParts } from './columns-parts.ts';
import { addRules, columnLocks, columnSwapBackStatements, columnSwapStatements, type ColumnTerms, dropRules, namesColumn, restingOnColumns, validateOldRules, validateRules } from './columns-swap.ts';
import { createFillFunction, fillsAssertion, fillStatements, unfillStatement } from './columns-trigger.ts';
import type { Conversion } from './convert-sql.ts';
import type { Built } from './input.ts';
import { execute, indexesOf, text, type Workbench } from './input.ts';
import { keyTypes, lossSql, NEAR_BACKLOG, plainStep } from './rebuild.ts';
import { spoken } from './names.ts';
import { roundedHazards } from './rounded.ts';
import { errorsTable } from './rebuild-feeds.ts';
import { createLog } from './rebuild-triggers.ts';

/**
 * Mode (c): the table stays, and a column of the new type takes the name of the old one inside it. For tables on which much depends by their number: foreign keys of
 * other tables, functions, grants, policies and views of other columns do not notice. The price: every row is written once more, and the column stands last afterwards.
 */
export function columnPhases(bench: Workbench, one: Conversion, number: number, reason: string, shared: Pick<Phase, 'checks' | 'touches'>): Built[] {
  const id = number === 1 ? 'convert' : `convert-${number}`;
  const columns = swappedColumns(bench, one);
  const [before, after] = [swappedParts(bench, one, columns, 'before'), swappedParts(bench, one, columns, 'after')];
  const terms: ColumnTerms = { bench, one, columns, before, after, resting: restingOnColumns(bench, columns), forward: columnsFeed(bench, one, columns, 'forward'), back: columnsFeed(bench, one, columns, 'back') };
  return [
    { phase: buildPhase(terms, id, reason, shared), keeps: [] },
    { phase: swapPhase(terms, id, shared), keeps: [], unfollow: unfillForGood(terms), views: dropKeptViews(bench, terms.resting), columns: columns.map((column) => execute(`drop the old ${one.live.name}.${column.name}`, `ALTER TABLE ${qualified(one.live)} DROP COLUMN ${ident(column.stale)} RESTRICT`)) },
  ];
}

function named(columns: readonly SwappedColumn[]): string {
  return listed(columns.map((column) => column.name));
}

function buildPhase(terms: ColumnTerms, id: string, reason: string, shared: Pick<Phase, 'checks' | 'touches'>): Phase {
  const { bench, one, columns } = terms;
  const name = spoken(one.live);
  const steps = [besideStep(terms), followStep(terms), fillStep(terms), vacuumStep(terms), ...indexSteps(terms), catchUpStep(terms)];
  return {
    id,
    kind: 'convert',
    title: `Build ${named(columns)} of ${name} anew beside the old ${columns.length === 1 ? 'column' : 'columns'}`,
    summary: `${reason} A trigger fills the new ${columns.length === 1 ? 'column' : 'columns'} with every write; the rows that are there are filled in batches while the application works. Nothing that the application names is changed yet.`,
    steps: steps.map((step, at) => ({ ...step, id: `${id}.${at + 1}` })),
    checks: [...shared.checks, { id: 'free_names', kind: 'free_names', names: Object.values(columnNames(bench, one.live)).slice(0, 2) }],
    verifications: [asked(fillsAssertion(one.live, name, columnNames(bench, one.live).forwardFunction))],
    price: [],
    touches: shared.touches,
    requires: ['backup'],
    orphanDecisions: {},
    destructive: false,
    pointOfNoReturn: false,
    due: null,
  };
}

function swapPhase(terms: ColumnTerms, buildId: string, shared: Pick<Phase, 'checks' | 'touches'>): Phase {
  const { one, columns } = terms;
  const id = `${buildId}-swap`;
  const steps = [proofStep(terms), rulesStep(terms), validateStep(terms), swapStep(terms), settleStep(terms)].map((step, at) => ({ ...step, id: `${id}.${at + 1}` }));
  return {
    id,
    kind: 'convert',
    title: `Swap ${named(columns)} of ${spoken(one.live)}`,
    summary: `Proves by count and hash in one snapshot that both columns say the same, then the new ${columns.length === 1 ? 'one takes the name of the old one' : 'ones take the names of the old ones'} under a lock of milliseconds. From then on a trigger keeps the old ${columns.length === 1 ? 'column' : 'columns'} filled until clean-up: a rollback brings ${columns.length === 1 ? 'it' : 'them'} back with every write since.`,
    steps,
    checks: shared.checks.filter((check) => check.kind !== 'violations'),
    verifications: verificationsOf(terms),
    price: [{ table: one.live, step: `${id}.4`, sql: lossSql(terms.bench, one) }],
    touches: shared.touches,
    requires: ['backup', buildId],
    orphanDecisions: {},
    destructive: false,
    pointOfNoReturn: false,
    due: null,
  };
}

/** The checks of the rows that hold for this way as for the others. */
export function columnChecks(checks: readonly Check[]): Check[] {
  return checks.filter((check) => check.kind === 'rows' || check.kind === 'casts' || check.kind === 'violations');
}

function asked({ label, sql, expect }: Assertion): Assertion {
  return { label, sql, expect };
}

type Unnumbered = Omit<Step, 'id'>;

function besideStep({ bench, one, columns }: ColumnTerms): Unnumbered {
  const names = columnNames(bench, one.live);
  const errors = errorsTable(bench);
  return {
    ...plainStep('', 'Create the trigger’s functions and the logs of keys beside the live table'),
    statements: [
      execute('create the schema for what is new', `CREATE SCHEMA IF NOT EXISTS ${ident(bench.shadowSchema)}`),
      execute('create the list of keys that do not go over', `CREATE TABLE IF NOT EXISTS ${qualified(errors)} (feed text NOT NULL, source text NOT NULL, key jsonb NOT NULL, state text NOT NULL, noticed_at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (feed, source, key))`),
      createLog(names.forwardLog, keyTypes(one, 'before')),
      createLog(names.backLog, keyTypes(one, 'after')),
      createFillFunction(names.forwardFunction, names.forwardLog, one.key, columns, 'forward', keyTypes(one, 'before')),
      createFillFunction(names.backFunction, names.backLog, one.key, columns, 'back', keyTypes(one, 'after')),
    ],
    undo: [
      ...[names.forwardFunction, names.backFunction].map((name) => execute(`drop ${name.name}`, `DROP FUNCTION IF EXISTS ${qualified(name)}() RESTRICT`)),
      ...[names.forwardLog, names.backLog].map((table) => execute(`drop ${table.name}`, `DROP TABLE IF EXISTS ${qualified(table)} RESTRICT`)),
      execute('forget the keys that did not go over', `DELETE FROM ${qualified(errors)} WHERE source = ${literal(spoken(one.live))}`),
    ],
  };
}

function followStep(terms: ColumnTerms): Unnumbered {
  const { bench, one, columns, before, resting } = terms;
  const table = qualified(one.live);
  return {
    ...plainStep('', `Add the new ${columns.length === 1 ? 'column' : 'columns'}, and fill ${columns.length === 1 ? 'it' : 'them'} with every write from here on`),
    statements: [
      execute(`lock ${one.live.name}`, `LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`),
      { do: 'assert', ...namesColumn(terms, columns.map((column) => column.name), before.map((part) => part.name), resting.views) },
      ...columns.flatMap((column): Statement[] => [
        execute(`add ${column.fresh}`, `ALTER TABLE ${table} ADD COLUMN ${columnDefinition({ ...column.after, name: column.fresh, attributes: { ...column.after.attributes, nullable: true, default: null } }, one.live.schema)}`),
        ...columnSettings({ ...column.after, name: column.fresh }, one.live).map((sql) => execute(`settings of ${column.fresh}`, sql)),
        ...columnCarried(bench, one, column.name, column.fresh),
      ]),
      ...fillStatements(one.live, columnNames(bench, one.live).forwardFunction),
    ],
    undo: [
      unfillStatement(one.live, 'IF EXISTS '),
      ...columns.map((column) => execute(`drop ${column.fresh}`, `ALTER TABLE ${table} DROP COLUMN ${ident(column.fresh)} RESTRICT`)),
    ],
    locks: [{ mode: 'ACCESS EXCLUSIVE', table: one.live }],
    hazards: [
      { code: 'SLOWER_WRITES', sentence: `Every row that is written to ${spoken(one.live)} is converted too, until clean-up or rollback. Until clean-up it has ${columns.length === 1 ? 'a column' : 'columns'} more, which SELECT * shows.` },
    ],
  };
}

/** Undone by the drop of the columns that it fills. */
function fillStep({ one, forward }: ColumnTerms): Unnumbered {
  return {
    ...plainStep('', 'Fill the rows that are there, in batches'),
    work: { kind: 'feed', feed: forward, copy: true, until: NEAR_BACKLOG, proof: false, alsoTrue: [] },
    locks: [{ mode: 'ROW EXCLUSIVE', table: one.live }],
    hazards: [{ code: 'REWRITES_TABLE', sentence: `Every row of ${spoken(one.live)} is written anew, in batches: the table grows by up to its own size, and replicas get as much to apply.` }, ...roundedHazards([one])],
  };
}

function vacuumStep({ one }: ColumnTerms): Unnumbered {
  return { ...plainStep('', `Let ${spoken(one.live)} use again what the old rows took, and gather statistics`), work: { kind: 'outside', act: { act: 'vacuum', table: one.live } } };
}

/** Concurrently, one after the other; a unique rule takes its index over. */
function indexSteps({ one, columns, after }: ColumnTerms): Unnumbered[] {
  return after.flatMap((part): Unnumbered[] => {
    const index = freshIndex(part, columns, one.live);
    if (!index) return [];
    const { title, work, undoWork } = indexBuilt(index);
    const hazards = index.unique ? [{ code: 'STOPS_ON_ROWS' as const, sentence: `From here on two values that are one in the new type cannot both be written, although the old column lets them differ.` }] : [];
    const build: Unnumbered = { ...plainStep('', title), ...(work ? { work } : {}), ...(undoWork ? { undoWork } : {}), hazards };
    if (part.what !== 'unique') return [build];
    return [build, {
      ...plainStep('', `Let ${part.fresh} keep the new column unique`),
      statements: [execute(`add ${part.fresh}`, `ALTER TABLE ${qualified(one.live)} ADD CONSTRAINT ${ident(part.fresh)} UNIQUE USING INDEX ${ident(part.fresh)}`)],
      undo: [execute(`drop ${part.fresh}`, `ALTER TABLE ${qualified(one.live)} DROP CONSTRAINT ${ident(part.fresh)}`)],
      locks: [{ mode: 'ACCESS EXCLUSIVE', table: one.live }],
    }];
  });
}

function catchUpStep({ forward }: ColumnTerms): Unnumbered {
  return { ...plainStep('', 'Fill the rows that somebody held meanwhile'), work: { kind: 'feed', feed: forward, copy: false, until: 0, proof: false, alsoTrue: [] } };
}

function proofStep({ forward }: ColumnTerms): Unnumbered {
  return { ...plainStep('', 'Prove that both columns say the same'), work: { kind: 'feed', feed: forward, copy: false, until: 0, proof: true, alsoTrue: [] } };
}

function rulesStep(terms: ColumnTerms): Unnumbered {
  const { one, columns } = terms;
  const statements = addRules(terms);
  const undo = dropRules(terms);
  const assertion = asked(fillsAssertion(one.live, spoken(one.live), columnNames(terms.bench, one.live).forwardFunction));
  return {
    ...plainStep('', `Ask the rules of ${named(columns)} of every write from here on`),
    statements: [{ do: 'assert', ...assertion }, ...statements],
    undo: undo.length > 0 ? undo : [{ do: 'assert', ...assertion }],
    ...(statements.length === 0 && undo.length === 0 ? {} : { locks: [{ mode: 'ACCESS EXCLUSIVE' as const, table: one.live }] }),
    hazards: statements.length === 0 ? [] : [{ code: 'STOPS_ON_ROWS', sentence: `From here until the swap a write of a value that the new ${columns.length === 1 ? 'column' : 'columns'} cannot hold is refused.` }],
  };
}

function validateStep(terms: ColumnTerms): Unnumbered {
  const { one } = terms;
  const undo = validateOldRules(terms);
  const statements = validateRules(terms);
  return {
    ...plainStep('', 'Validate them on the rows that are there'),
    statements: statements.length > 0 ? statements : [execute(`gather statistics of ${one.live.name}`, `ANALYZE ${qualified(one.live)}`)],
    undo,
    locks: [{ mode: 'SHARE UPDATE EXCLUSIVE', table: one.live }],
  };
}

function swapStep(terms: ColumnTerms): Unnumbered {
  const { one, columns, forward, back } = terms;
  const locks = columnLocks(terms);
  const name = spoken(one.live);
  return {
    ...plainStep('', 'Swap the columns under one lock'),
    statements: columnSwapStatements(terms),
    work: { kind: 'swap', feed: forward, until: 0 },
    undo: columnSwapBackStatements(terms),
    undoWork: { kind: 'swap', feed: back, until: 0 },
    locks,
    undoLocks: locks,
    hazards: [
      { code: 'BLOCKS_READS_AND_WRITES', sentence: `Nobody can read or write ${listed(locks.map((claim) => spoken(claim.table)))} while the names change places: milliseconds, once the lock is had.` },
      { code: 'STALE_PLANS', sentence: `Sessions with named prepared statements on ${name} fail until they reconnect: restart or drain the application pool after the swap.` },
      { code: 'COLUMN_ORDER', sentence: `${named(columns)} ${columns.length === 1 ? 'stands' : 'stand'} behind the other columns of ${name} from then on, which a comparison goes on showing: INSERT and COPY without a list of columns must name them.` },
      ...roundedHazards([one]),
    ],
  };
}

/** The way back begins here, with the rows of which a value did not go back. */
function settleStep({ one, back }: ColumnTerms): Unnumbered {
  return {
    ...plainStep('', 'Gather statistics'),
    statements: [execute(`gather statistics of ${one.live.name}`, `ANALYZE ${qualified(one.live)}`)],
    undoWork: { kind: 'feed', feed: back, copy: false, until: 0, proof: false, alsoTrue: [] },
    locks: [{ mode: 'SHARE UPDATE EXCLUSIVE', table: one.live }],
    undoLocks: [],
  };
}

function verificationsOf({ bench, one, columns, after, resting }: ColumnTerms): Assertion[] {
  const relation = `${literal(qualified(one.live))}::regclass`;
  const rules = after.filter((part) => part.what !== 'index').map((part) => part.name);
  return [
    ...columns.map((column): Assertion => ({ label: `type of ${spoken(one.live)}.${column.name}`, sql: `SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = ${relation} AND attname = ${literal(column.name)}`, expect: { from: 'literal', value: text(column.after, 'type') ?? '' } })),
    ...(rules.length === 0 ? [] : [{ label: `validated rules of the new columns of ${spoken(one.live)}`, sql: `SELECT count(*)::text FROM pg_constraint WHERE conrelid = ${relation} AND convalidated AND conname = ANY (ARRAY[${rules.map(literal).join(', ')}])`, expect: { from: 'literal' as const, value: String(rules.length) } }]),
    ...indexesOf(after.map((part) => part.object)).map((index): Assertion => ({ label: `index ${index.name} is valid`, sql: `SELECT coalesce((SELECT i.indisvalid::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = ${relation} AND c.relname = ${literal(index.name)}), 'missing')`, expect: { from: 'literal', value: 'true' } })),
    ...viewsVerification(resting, bench),
    asked(fillsAssertion(one.live, spoken(one.live), columnNames(bench, one.live).backFunction)),
  ];
}

/** What clean-up takes away before it drops the old columns. */
function unfillForGood({ bench, one }: ColumnTerms): Statement[] {
  const names = columnNames(bench, one.live);
  return [
    unfillStatement(one.live, 'IF EXISTS '),
    ...[names.forwardFunction, names.backFunction].map((name) => execute(`drop ${name.name}`, `DROP FUNCTION IF EXISTS ${qualified(name)}() RESTRICT`)),
    ...[names.forwardLog, names.backLog].map((table) => execute(`drop ${table.name}`, `DROP TABLE IF EXISTS ${qualified(table)} RESTRICT`)),
  ];
}
