import { ident, qualified } from '../ddl.ts';
import { conflictsFrom, differSql, sameKeySql } from '../overlap.ts';
import type { LockClaim, PriceQuestion, Statement, Step, TableName } from '../plan.ts';
import type { TakeOverWork } from '../step-kinds/take-over.ts';
import { bringBack, moveAside } from './aside.ts';
import { tableId } from './convert.ts';
import type { Draft } from './draft.ts';
import { childrenOf, conflictAssertions, hasValues, mergedNote, newerOnly, numberOn, overwrites, type Pair, replacedNote } from './duplicates-pair.ts';
import { backWork, followWalk, freshRows, freshWalk, hash, insertSql, keyOf, loggedKey, lookedUp, mergeLog, mergeWalk, noteFresh, overwriteWalk, since, unsettled, updated } from './duplicates-walks.ts';
import { execute, list, primaryKeyOf, type Workbench } from './input.ts';
import { keptTable, spoken } from './names.ts';
import { copySeconds, spokenSeconds } from './pause.ts';
import { createLog, createNoteFunction, createTruncateFunction, followsAssertion, followStatements, gapAssertion, unfollowStatements } from './rebuild-triggers.ts';

type Keeping = Pick<Workbench, 'keepSchema'>;

/** Rows are compared about ten times as fast as they are copied and indexed. */
const COMPARED_SHARE = 0.1;

/** In one transaction while the estimated pause for writers fits the budget, else in batches, with the reason for a person. Empty: nobody gave a budget. */
export function mergeMode(bench: Workbench, pair: Pair): { batched: boolean; reason: string } {
  const budget = bench.input.writePauseSeconds ?? null;
  if (budget === null) return { batched: false, reason: '' };
  const seconds = copySeconds(bench, tableId(pair.duplicate)) + copySeconds(bench, tableId(pair.kept)) * COMPARED_SHARE;
  const estimated = `the pause for writers of ${spoken(pair.kept)} is estimated at ${spokenSeconds(seconds)}`;
  if (seconds <= budget) return { batched: false, reason: `In one transaction ${estimated}, within the ${budget} s that a pause may take, so it is done so.` };
  const obstacle = batchesObstacle(bench, pair);
  if (obstacle !== null) return { batched: false, reason: `In one transaction ${estimated}, over the ${budget} s that it may take; it is planned so nevertheless, because ${obstacle}.` };
  return { batched: true, reason: `In one transaction ${estimated}, over the ${budget} s that a pause may take, so the rows come over in batches while the application works, and a lock of moments takes over what it wrote meanwhile.` };
}

/** Why rows of the duplicate cannot be followed and found one by one; null when they can. */
function batchesObstacle(bench: Workbench, pair: Pair): string | null {
  const id = tableId(pair.duplicate);
  const own = primaryKeyOf(bench.currentFamily.get(id) ?? []);
  if (own.length !== pair.key.length || !own.every((column) => pair.key.includes(column))) return `${spoken(pair.duplicate)} does not have the primary key of ${spoken(pair.kept)}, by which its rows would be found in batches`;
  const heir = [...bench.current.values()].find((object) => object.kind === 'table' && list(object, 'inherits').includes(id));
  return heir ? `${heir.name} inherits from ${spoken(pair.duplicate)}, and what is written to it there could not be followed` : null;
}

function functionsOf(bench: Keeping, pair: Pair): { note: TableName; truncate: TableName } {
  return { note: keptTable(bench.keepSchema, pair.duplicate, '_merge_note'), truncate: keptTable(bench.keepSchema, pair.duplicate, '_merge_no_truncate') };
}

/**
 * A duplicate that is too large for one transaction: followed by triggers that note changed keys, compared in one snapshot with what was signed, brought over in
 * batches behind notes of what they do, and set aside under a lock in which only what was written in the last moments is left to look at. The noting carries the way back, so that
 * whatever part of the batches was committed comes back too. What the application writes to the table that stays is never overwritten.
 * Locks: SHARE ROW EXCLUSIVE on the duplicate for its triggers; row locks in batches; at the end ACCESS EXCLUSIVE on the duplicate and SHARE ROW EXCLUSIVE on the table that
 * stays. Source: execution paper, sections 1 and 2.2.
 */
export function batchedMerge(bench: Workbench, pair: Pair): Draft[] {
  return [followDraft(bench, pair), noteDraft(bench, pair), mergeDraft(bench, pair), lastDraft(bench, pair)];
}

/** Of the rows that the note says came over, whether or not the duplicate is set aside already: what the application has written to them since. */
export function batchedPrice(bench: Keeping, pair: Pair, steps: readonly Step[]): PriceQuestion {
  const present = `k.${ident(pair.key[0] ?? '')} IS NOT NULL`;
  return {
    table: pair.kept,
    step: steps[1]?.id ?? '',
    sql: `SELECT 0::bigint AS inserted, count(*) FILTER (WHERE ${present} AND ${hash(pair, 'k')} IS DISTINCT FROM n.countersign_as) AS changed, count(*) FILTER (WHERE NOT (${present})) AS deleted\nFROM ${qualified(mergedNote(bench, pair))} n LEFT JOIN ${qualified(pair.kept)} k ON ${sameKeySql(pair.key, 'k', 'n')} WHERE n.countersign_done`,
  };
}

function followDraft(bench: Workbench, pair: Pair): Draft {
  const name = spoken(pair.duplicate);
  const log = mergeLog(bench, pair);
  const { note, truncate } = functionsOf(bench, pair);
  return {
    title: `Follow ${name}: from here on every changed key is noted`,
    statements: [
      execute(`lock ${pair.duplicate.name} against writes`, `LOCK TABLE ${qualified(pair.duplicate)} IN SHARE ROW EXCLUSIVE MODE`),
      createLog(log, pair.keyTypes),
      createNoteFunction(note, log, pair.key, pair.keyTypes),
      createTruncateFunction(truncate, name),
      ...followStatements(pair.duplicate, name, note, truncate),
    ],
    undo: unfollow(bench, pair, 'IF EXISTS '),
    locks: [{ mode: 'SHARE ROW EXCLUSIVE', table: pair.duplicate }],
    undoLocks: [{ mode: 'ACCESS EXCLUSIVE', table: pair.duplicate }],
    rewrite: false,
    hazards: [{ code: 'SLOWER_WRITES', sentence: `Every statement that writes ${name} also notes the keys it touched, and TRUNCATE of it is refused, until it is set aside.` }],
    editable: false,
  };
}

function unfollow(bench: Workbench, pair: Pair, ifThere: '' | 'IF EXISTS '): Statement[] {
  const { note, truncate } = functionsOf(bench, pair);
  const log = mergeLog(bench, pair);
  return [
    ...unfollowStatements(pair.duplicate, spoken(pair.duplicate), ifThere),
    ...[note, truncate].map((one) => execute(`drop ${one.name}`, `DROP FUNCTION ${ifThere}${qualified(one)}() RESTRICT`)),
    execute(`drop ${log.name}`, `DROP TABLE ${ifThere}${qualified(log)} RESTRICT`),
  ];
}

/** One snapshot, compared with what was signed. Numbers go on first: a row that comes over must not meet one that the application was just given. */
function noteDraft(bench: Workbench, pair: Pair): Draft {
  const [merged, replaced] = [qualified(mergedNote(bench, pair)), qualified(replacedNote(bench, pair))];
  const reading: LockClaim[] = [{ mode: 'ACCESS SHARE', table: pair.duplicate }, { mode: 'ACCESS SHARE', table: pair.kept }];
  const key = pair.key.map(ident).join(', ');
  return {
    title: `Note what ${spoken(pair.duplicate)} brings to ${spoken(pair.kept)}`,
    statements: [
      ...conflictAssertions(pair),
      execute('note which rows are merged', `CREATE TABLE ${merged} AS SELECT ${keyOf(pair, 'd')}, NULL::text AS countersign_from, NULL::text AS countersign_as, false AS countersign_done FROM ${qualified(pair.duplicate)} d\n  WHERE NOT EXISTS (SELECT 1 FROM ${qualified(pair.kept)} k WHERE ${sameKeySql(pair.key)})`),
      execute('key of the note of merged rows', `ALTER TABLE ${merged} ADD PRIMARY KEY (${key})`),
      ...(overwrites(pair) ? [
        execute(`note the rows of ${pair.kept.name} that are overwritten`, `CREATE TABLE ${replaced} AS SELECT ${pair.columns.map((column) => `k.${ident(column)}`).join(', ')}, ${hash(pair, 'd')} AS countersign_from, NULL::text AS countersign_as, false AS countersign_done ${conflictsFrom(pair)}${newerOnly(pair)}`),
        execute('key of the note of overwritten rows', `ALTER TABLE ${replaced} ADD PRIMARY KEY (${key})`),
      ] : []),
      ...pair.numbers.map((one) => numberOn(pair, one, pair.duplicate)),
    ],
    isolation: 'repeatable read',
    undo: [execute('make room for merged rows that were changed since', `CREATE TABLE IF NOT EXISTS ${qualified(since(bench, pair))} (LIKE ${qualified(pair.kept)})`), ...childrenOf(bench, pair, true)],
    undoWork: backWork(bench, pair),
    locks: reading,
    undoLocks: [{ mode: 'ROW EXCLUSIVE', table: pair.kept }],
    rewrite: false,
    hazards: [],
    editable: false,
  };
}

function mergeDraft(bench: Workbench, pair: Pair): Draft {
  const [name, stays] = [spoken(pair.duplicate), spoken(pair.kept)];
  const left = (note: TableName): string => `SELECT count(*)::text FROM ${qualified(note)} n JOIN ${qualified(pair.duplicate)} d ON ${sameKeySql(pair.key, 'd', 'n')} JOIN ${qualified(pair.kept)} k ON ${sameKeySql(pair.key)} WHERE NOT n.countersign_done AND ${differSql(pair.columns)}`;
  const after: Statement[] = [
    { do: 'assert', label: `rows of ${name} whose key the application has given another row of ${stays} meanwhile`, sql: left(mergedNote(bench, pair)), expect: { from: 'literal', value: '0' } },
    ...(overwrites(pair) ? [{ do: 'assert' as const, label: `rows of ${stays} that were to be overwritten and that were changed meanwhile, there or in ${name}`, sql: left(replacedNote(bench, pair)), expect: { from: 'literal' as const, value: '0' } }] : []),
  ];
  return {
    title: `Bring the rows of ${name} over to ${stays}, in batches`,
    statements: [],
    work: { kind: 'batches', walks: [mergeWalk(bench, pair), ...(overwrites(pair) ? [overwriteWalk(bench, pair)] : []), followWalk(bench, pair)], after },
    undo: [],
    locks: [{ mode: 'ROW EXCLUSIVE', table: pair.kept }],
    rewrite: false,
    hazards: [],
    editable: false,
  };
}

/** The lock is asked for only when at most this many keys wait. */
const LAST_BACKLOG = 300;

function takeOver(bench: Workbench, pair: Pair): TakeOverWork {
  const log = qualified(mergeLog(bench, pair));
  return {
    kind: 'take_over',
    name: spoken(pair.duplicate),
    walks: [followWalk(bench, pair), freshWalk(bench, pair)],
    backlogSql: `SELECT count(*)::int FROM (SELECT 1 FROM ${log} LIMIT $1::int) l`,
    countedSql: `ANALYZE ${log}`,
    until: LAST_BACKLOG,
  };
}

/** What is left: a look at the keys that were written to meanwhile, of which a catch-up leaves few. */
function lastDraft(bench: Workbench, pair: Pair): Draft {
  const [name, stays] = [spoken(pair.duplicate), spoken(pair.kept)];
  const { note } = functionsOf(bench, pair);
  const logged = `SELECT DISTINCT ${loggedKey(pair, 'l')} FROM ${qualified(mergeLog(bench, pair))} l`;
  return {
    title: `Take over what was written to ${name} meanwhile, and set it aside`,
    statements: [
      execute(`lock ${pair.duplicate.name}`, `LOCK TABLE ${qualified(pair.duplicate)} IN ACCESS EXCLUSIVE MODE`),
      execute(`lock ${pair.kept.name} against writes`, `LOCK TABLE ${qualified(pair.kept)} IN SHARE ROW EXCLUSIVE MODE`),
      { do: 'assert', ...followsAssertion(pair.duplicate, name, note) },
      { do: 'assert', ...gapAssertion(mergeLog(bench, pair), name) },
      execute('copy rows that came meanwhile', `WITH d AS MATERIALIZED (${freshRows(bench, pair, logged)}),\ni AS (${insertSql(pair, 'd')} RETURNING ${keyOf(pair, 'k')}, ${hash(pair, 'k')} AS countersign_as)\n${noteFresh(bench, pair)}`),
      ...(hasValues(pair) ? [execute('bring over what was changed meanwhile', `WITH c AS (${logged}),\n${updated(bench, pair).join('\n').replace(/,$/, '')}\nSELECT count(*) FROM m`)] : []),
      ...pair.numbers.map((one) => numberOn(pair, one)),
      { do: 'assert', label: `rows written to ${name} meanwhile that contradict ${stays}`, sql: `SELECT count(*)::text FROM (${logged}) c ${lookedUp(bench, pair)} WHERE ${unsettled(pair)}`, expect: { from: 'literal', value: '0' } },
      ...unfollow(bench, pair, ''),
      ...moveAside(bench, pair.duplicate),
    ],
    work: takeOver(bench, pair),
    undo: bringBack(bench, pair.duplicate),
    locks: [{ mode: 'ACCESS EXCLUSIVE', table: pair.duplicate }, { mode: 'SHARE ROW EXCLUSIVE', table: pair.kept }],
    undoLocks: [{ mode: 'ACCESS EXCLUSIVE', table: pair.duplicate }],
    rewrite: false,
    hazards: [
      { code: 'BLOCKS_READS_AND_WRITES', sentence: `After this step nobody finds ${name} under its name: code that still reads it fails.` },
      { code: 'BLOCKS_WRITES', sentence: `Writes to ${stays} wait while the rows that were written to ${name} meanwhile are taken over: moments, once the lock is had.` },
    ],
    editable: false,
  };
}
