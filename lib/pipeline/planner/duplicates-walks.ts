import { ident, qualified } from '../ddl.ts';
import { differSql, rowText, sameKeySql } from '../overlap.ts';
import type { TableName } from '../plan.ts';
import type { BatchesWork, Walk } from '../step-kinds/batches.ts';
import { hasValues, mergedNote, numbersBehind, overwrites, type Pair, replacedNote } from './duplicates-pair.ts';
import { dropWhenEmpty, execute, type Workbench } from './input.ts';
import { keptTable } from './names.ts';
import { walkOver } from './orphan-rows.ts';

type Keeping = Pick<Workbench, 'keepSchema'>;

/** Keys of rows that the application wrote to the duplicate since it is followed. */
export function mergeLog(bench: Keeping, pair: Pair): TableName {
  return keptTable(bench.keepSchema, pair.duplicate, '_merge_log');
}

export function hash(pair: Pair, alias: string): string {
  return `md5(${rowText(pair.columns, alias)})`;
}

export function keyOf(pair: Pair, alias: string): string {
  return pair.key.map((column) => `${alias}.${ident(column)}`).join(', ');
}

export function since(bench: Keeping, pair: Pair): TableName {
  return keptTable(bench.keepSchema, pair.duplicate, '_written_since');
}

/** A key that the application has used meanwhile is passed over, and told at the end. */
export function mergeWalk(bench: Workbench, pair: Pair): Walk {
  const note = mergedNote(bench, pair);
  return walkOver({ key: pair.key, types: pair.keyTypes }, note, `copy rows that only ${pair.duplicate.name} has`, [
    `d AS MATERIALIZED (SELECT d.* FROM ${qualified(pair.duplicate)} d JOIN w ON ${sameKeySql(pair.key, 'd', 'w')} WHERE NOT w.countersign_done),`,
    `i AS (${insertSql(pair, 'd')} ON CONFLICT (${pair.key.map(ident).join(', ')}) DO NOTHING RETURNING ${keyOf(pair, 'k')}, ${hash(pair, 'k')} AS countersign_as),`,
    `changed AS (UPDATE ${qualified(note)} n SET countersign_done = true, countersign_as = i.countersign_as, countersign_from = ${hash(pair, 'd')} FROM i JOIN d ON ${sameKeySql(pair.key, 'd', 'i')} WHERE ${sameKeySql(pair.key, 'n', 'i')} RETURNING 1)`,
  ].join('\n'));
}

export function insertSql(pair: Pair, from: string): string {
  return `INSERT INTO ${qualified(pair.kept)} AS k (${pair.columns.map(ident).join(', ')})${pair.identity ? ' OVERRIDING SYSTEM VALUE' : ''} SELECT ${pair.columns.map((column) => `d.${ident(column)}`).join(', ')} FROM ${from}`;
}

/** Only a row that says on both sides what was signed. */
export function overwriteWalk(bench: Workbench, pair: Pair): Walk {
  const note = replacedNote(bench, pair);
  return walkOver({ key: pair.key, types: pair.keyTypes }, note, `overwrite rows of ${pair.kept.name}`, [
    `u AS (UPDATE ${qualified(pair.kept)} k SET ${valuesFrom(pair, 'd')} FROM w JOIN ${qualified(pair.duplicate)} d ON ${sameKeySql(pair.key, 'd', 'w')}`,
    `  WHERE ${sameKeySql(pair.key, 'k', 'w')} AND NOT w.countersign_done AND ${hash(pair, 'd')} = w.countersign_from AND ${rowText(pair.columns, 'k')} = ${rowText(pair.columns, 'w')} RETURNING ${keyOf(pair, 'k')}, ${hash(pair, 'k')} AS countersign_as),`,
    `changed AS (UPDATE ${qualified(note)} n SET countersign_done = true, countersign_as = u.countersign_as FROM u WHERE ${sameKeySql(pair.key, 'n', 'u')} RETURNING 1)`,
  ].join('\n'));
}

function valuesFrom(pair: Pair, alias: string): string {
  return pair.columns.filter((column) => !pair.key.includes(column)).map((column) => `${ident(column)} = ${alias}.${ident(column)}`).join(', ');
}

/** Forgets keys that need nothing any more, so that few are left for the lock. Rows that are new wait for it: their numbers must go on in the same moment. */
export function followWalk(bench: Workbench, pair: Pair): Walk {
  const log = mergeLog(bench, pair);
  return walkOver({ key: ['seq'], types: ['bigint'] }, log, `bring over what was written to ${pair.duplicate.name} meanwhile`, [
    `c AS (SELECT DISTINCT ${loggedKey(pair, 'w')} FROM w),`,
    ...updated(bench, pair),
    `settled AS (SELECT ${keyOf(pair, 'c')} FROM c ${lookedUp(bench, pair)} WHERE NOT (${unsettled(pair)})${hasValues(pair) ? ` UNION SELECT ${keyOf(pair, 'm')} FROM m` : ''}),`,
    `changed AS (DELETE FROM ${qualified(log)} l USING w, settled s WHERE l.seq = w.seq AND ${pair.key.map((column, i) => `l.k${i + 1} = s.${ident(column)}`).join(' AND ')} RETURNING 1)`,
  ].join('\n'));
}

/** Rows that came to the duplicate behind the batches: only where there are too many of them for the lock, because one that is deleted there after it came over stops the end. Numbers go on first. */
export function freshWalk(bench: Workbench, pair: Pair): Walk {
  const log = mergeLog(bench, pair);
  const logged = `SELECT DISTINCT ${loggedKey(pair, 'w')} FROM w`;
  const numbered = pair.numbers.map(({ column, sequence }, i) => ({ name: `n${i + 1}`, sql: `n${i + 1} AS MATERIALIZED (${numbersBehind(sequence, column, 'd')}),` }));
  const afterNumbers = numbered.length === 0 ? '' : ` WHERE ${numbered.map(({ name }) => `(SELECT count(*) FROM ${name}) >= 0`).join(' AND ')}`;
  return walkOver({ key: ['seq'], types: ['bigint'] }, log, `bring over rows that came to ${pair.duplicate.name} meanwhile`, [
    `d AS MATERIALIZED (${freshRows(bench, pair, logged)}),`,
    ...numbered.map(({ sql }) => sql),
    `i AS (${insertSql(pair, 'd')}${afterNumbers} ON CONFLICT (${pair.key.map(ident).join(', ')}) DO NOTHING RETURNING ${keyOf(pair, 'k')}, ${hash(pair, 'k')} AS countersign_as),`,
    `m AS (${noteFresh(bench, pair)} RETURNING ${keyOf(pair, 'n')}),`,
    `changed AS (DELETE FROM ${qualified(log)} l USING w, m WHERE l.seq = w.seq AND ${pair.key.map((column, i) => `l.k${i + 1} = m.${ident(column)}`).join(' AND ')} RETURNING 1)`,
  ].join('\n'));
}

/** Of the keys that `logged` selects: rows of the duplicate that the table that stays does not have, and never had from it. */
export function freshRows(bench: Workbench, pair: Pair, logged: string): string {
  return `SELECT d.* FROM ${qualified(pair.duplicate)} d JOIN (${logged}) c ON ${sameKeySql(pair.key, 'd', 'c')} WHERE NOT EXISTS (SELECT 1 FROM ${qualified(pair.kept)} k WHERE ${sameKeySql(pair.key)}) AND NOT EXISTS (SELECT 1 FROM ${qualified(mergedNote(bench, pair))} n WHERE ${sameKeySql(pair.key, 'n')} AND n.countersign_done)`;
}

/** Over `d`, the rows of the duplicate, and `i`, those of them that were inserted. */
export function noteFresh(bench: Workbench, pair: Pair): string {
  const key = pair.key.map(ident).join(', ');
  return `INSERT INTO ${qualified(mergedNote(bench, pair))} AS n (${key}, countersign_from, countersign_as, countersign_done) SELECT ${keyOf(pair, 'i')}, ${hash(pair, 'd')}, i.countersign_as, true FROM i JOIN d ON ${sameKeySql(pair.key, 'd', 'i')}\n  ON CONFLICT (${key}) DO UPDATE SET countersign_from = EXCLUDED.countersign_from, countersign_as = EXCLUDED.countersign_as, countersign_done = true`;
}

export function loggedKey(pair: Pair, alias: string): string {
  return pair.key.map((column, i) => `${alias}.k${i + 1} AS ${ident(column)}`).join(', ');
}

/** Rows that came over, changed in the duplicate since and not in the table that stays. Over `c`; gives `m`. */
export function updated(bench: Workbench, pair: Pair): string[] {
  if (!hasValues(pair)) return [];
  const note = qualified(mergedNote(bench, pair));
  return [
    `u AS (UPDATE ${qualified(pair.kept)} k SET ${valuesFrom(pair, 'd')} FROM c JOIN ${qualified(pair.duplicate)} d ON ${sameKeySql(pair.key, 'd', 'c')} JOIN ${note} n ON ${sameKeySql(pair.key, 'n', 'c')}`,
    `  WHERE ${sameKeySql(pair.key, 'k', 'c')} AND n.countersign_done AND ${hash(pair, 'd')} IS DISTINCT FROM n.countersign_from AND ${hash(pair, 'k')} = n.countersign_as RETURNING ${keyOf(pair, 'k')}, ${hash(pair, 'k')} AS countersign_as, ${hash(pair, 'd')} AS countersign_from),`,
    `m AS (UPDATE ${note} n SET countersign_as = u.countersign_as, countersign_from = u.countersign_from FROM u WHERE ${sameKeySql(pair.key, 'n', 'u')} RETURNING ${keyOf(pair, 'n')}),`,
  ];
}

export function lookedUp(bench: Workbench, pair: Pair): string {
  const joined = (table: TableName, alias: string): string => `LEFT JOIN ${qualified(table)} ${alias} ON ${sameKeySql(pair.key, alias, 'c')}`;
  return [joined(pair.duplicate, 'd'), joined(pair.kept, 'k'), joined(mergedNote(bench, pair), 'n'), ...(overwrites(pair) ? [joined(replacedNote(bench, pair), 'r')] : [])].join(' ');
}

/** A key that was written to in the duplicate and is not, in the table that stays, what the duplicate says now, and that nobody has decided about. */
export function unsettled(pair: Pair): string {
  const missing = (alias: string): string => `${alias}.${ident(pair.key[0] ?? '')} IS NULL`;
  const ours = overwrites(pair) ? '(n.countersign_done IS TRUE OR r.countersign_done IS TRUE)' : 'n.countersign_done IS TRUE';
  return [
    `CASE WHEN ${missing('d')} THEN NOT (${missing('k')}) AND ${ours}`,
    `WHEN ${missing('k')} THEN true`,
    `WHEN n.countersign_done THEN ${hash(pair, 'd')} IS DISTINCT FROM n.countersign_from`,
    ...(overwrites(pair) ? [`WHEN r.countersign_done THEN ${hash(pair, 'd')} IS DISTINCT FROM r.countersign_from`] : []),
    `ELSE ${differSql(pair.columns)} END`,
  ].join(' ');
}

/** Overwritten rows get their values back, and merged rows go, unless the application has written to them since: then what it wrote stays, or is kept aside. */
export function backWork(bench: Workbench, pair: Pair): BatchesWork {
  const [merged, replaced] = [mergedNote(bench, pair), replacedNote(bench, pair)];
  const here = { key: pair.key, types: pair.keyTypes };
  const undone = (note: TableName, from: string): string => `changed AS (UPDATE ${qualified(note)} n SET countersign_done = false FROM ${from} WHERE ${sameKeySql(pair.key, 'n', from)} RETURNING 1)`;
  return {
    kind: 'batches',
    walks: [
      ...(overwrites(pair) ? [walkOver(here, replaced, `give overwritten rows of ${pair.kept.name} their values back`, [
        `u AS (UPDATE ${qualified(pair.kept)} k SET ${valuesFrom(pair, 'w')} FROM w WHERE ${sameKeySql(pair.key, 'k', 'w')} AND w.countersign_done AND ${hash(pair, 'k')} = w.countersign_as RETURNING ${keyOf(pair, 'k')}),`,
        undone(replaced, 'u'),
      ].join('\n'))] : []),
      walkOver(here, merged, `take the merged rows out of ${pair.kept.name}`, [
        `g AS (DELETE FROM ${qualified(pair.kept)} k USING w WHERE ${sameKeySql(pair.key, 'k', 'w')} AND w.countersign_done RETURNING ${keyOf(pair, 'k')}, ROW(k.*)::${qualified(pair.kept)} AS countersign_row, ${hash(pair, 'k')} IS DISTINCT FROM w.countersign_as AS countersign_written),`,
        `kept AS (INSERT INTO ${qualified(since(bench, pair))} SELECT (g.countersign_row).* FROM g WHERE g.countersign_written RETURNING 1),`,
        undone(merged, 'g'),
      ].join('\n')),
    ],
    after: [
      ...(overwrites(pair) ? [execute('drop the note of overwritten rows', `DROP TABLE ${qualified(replaced)} RESTRICT`)] : []),
      execute('drop the note of merged rows', `DROP TABLE ${qualified(merged)} RESTRICT`),
      dropWhenEmpty(since(bench, pair)),
    ],
  };
}
