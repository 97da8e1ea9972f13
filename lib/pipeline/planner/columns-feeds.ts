import { castTarget, ident, idents, literal, qualified } from '../ddl.ts';
import type { Feed, FeedTable } from '../step-kinds/feed.ts';
import { columnNames, type SwappedColumn } from './columns-names.ts';
import type { Conversion } from './convert-sql.ts';
import type { Workbench } from './input.ts';
import { spoken } from './names.ts';
import { errorsTable, typeBefore } from './rebuild-feeds.ts';

/** From the column that the application writes to the one beside it, over a row `s`. */
interface Pair {
  from: string;
  into: string;
  /** What is to be assigned. */
  value: string;
  /** The same value on both sides, of the new type. */
  here: string;
  there: string;
}

/**
 * Both sides are columns of one table: the trigger keeps them in step in the writer's own statement, so the log holds only keys of rows of which a value did not go
 * over, and of rows that somebody held while a batch passed them. What applies the log says which do not go, by trying once more without the trigger's pardon.
 */
export function columnsFeed(bench: Workbench, one: Conversion, columns: readonly SwappedColumn[], direction: 'forward' | 'back'): Feed {
  const names = columnNames(bench, one.live);
  const pairs = columns.map((column): Pair => (direction === 'forward'
    ? { from: column.name, into: column.fresh, value: `s.${ident(column.name)}::${castTarget(column.to)}`, here: `s.${ident(column.name)}::${column.to}`, there: `s.${ident(column.fresh)}` }
    : { from: column.name, into: column.stale, value: `s.${ident(column.name)}::${castTarget(column.from)}`, here: `s.${ident(column.name)}`, there: `s.${ident(column.stale)}::${column.to}` }));
  return { direction, errors: errorsTable(bench), within: true, tables: [feedOf(one, pairs, direction === 'forward' ? names.forwardLog : names.backLog, direction === 'forward')] };
}

function feedOf(one: Conversion, pairs: readonly Pair[], log: FeedTable['log'], copies: boolean): FeedTable {
  const live = qualified(one.live);
  const types = one.key.map((name) => { const column = one.columns.find((candidate) => candidate.name === name); return column ? typeBefore(one, column) : 'text'; });
  const ks = one.key.map((_, i) => `k${i + 1}`);
  const key = (alias: string): string => one.key.map((name) => `${alias}.${ident(name)}`).join(', ');
  const same = (a: string, b: string): string => one.key.map((name) => `${a}.${ident(name)} = ${b}.${ident(name)}`).join(' AND ');
  const onKeys = one.key.map((name, i) => `s.${ident(name)} = k.k${i + 1}`).join(' AND ');
  const keys = `SELECT ${types.map((type, i) => `(e ->> ${i})::${type} AS k${i + 1}`).join(', ')} FROM jsonb_array_elements($1::jsonb) e`;
  const set = `SET ${pairs.map((pair) => `${ident(pair.into)} = ${pair.value}`).join(', ')}`;
  const differs = pairs.map((pair) => `(${pair.here})::text IS DISTINCT FROM (${pair.there})::text`).join(' OR ');
  const empty = pairs.map((pair) => `(s.${ident(pair.from)} IS NOT NULL AND s.${ident(pair.into)} IS NULL)`).join(' OR ');
  const batch = [
    `WITH b AS MATERIALIZED (`,
    `  SELECT ${key('s')}, (${empty}) AS empty FROM ${live} s`,
    `  WHERE $1::text[] IS NULL OR (${key('s')}) > (${types.map((type, i) => `($1::text[])[${i + 1}]::${type}`).join(', ')})`,
    `  ORDER BY ${key('s')} LIMIT $2::int`,
    `)`,
  ].join('\n');
  const last = `ARRAY[${one.key.map((name) => `b.${ident(name)}::text`).join(', ')}]`;
  const answer = `SELECT count(*)::int AS rows, (SELECT ${last} FROM b ORDER BY ${one.key.map((name) => `b.${ident(name)} DESC`).join(', ')} LIMIT 1) AS last FROM b`;
  const upsert = `WITH k AS (${keys})\nUPDATE ${live} s ${set} FROM k WHERE ${onKeys} AND (${differs})`;
  const print = (values: readonly string[], before = '', where = ''): string => `${before}SELECT count(*)::text || ' rows, hash ' || coalesce(sum(hashtextextended(ROW(${[key('s'), ...values].join(', ')})::text, 0)::numeric), 0)::text FROM ${live} s${where}`;
  const ofKeys = `\nWHERE EXISTS (SELECT 1 FROM k WHERE ${onKeys})`;
  return {
    name: spoken(one.live),
    log,
    keyNames: ks,
    // Rows that somebody holds are passed over, not waited for: a batch that waits holds up everybody behind its own locks. Their keys go into the log.
    copySql: copies ? [
      `${batch}, l AS MATERIALIZED (`,
      `  SELECT ${key('s')} FROM ${live} s JOIN b ON b.empty AND ${same('s', 'b')} FOR NO KEY UPDATE OF s SKIP LOCKED`,
      `), u AS (`,
      `  UPDATE ${live} s ${set} FROM l WHERE ${same('s', 'l')}`,
      `), d AS (`,
      `  INSERT INTO ${qualified(log)} (${ks.join(', ')}) SELECT ${key('b')} FROM b WHERE b.empty AND NOT EXISTS (SELECT 1 FROM l WHERE ${same('l', 'b')})`,
      `)`,
      answer,
    ].join('\n') : '',
    deferSql: copies ? `${batch}, d AS (\n  INSERT INTO ${qualified(log)} (${ks.join(', ')}) SELECT ${key('b')} FROM b WHERE b.empty\n)\n${answer}` : '',
    estimateSql: `SELECT greatest(c.reltuples, 0)::bigint FROM pg_class c WHERE c.oid = to_regclass(${literal(live)})`,
    takeSql: [
      `WITH d AS (`,
      `  DELETE FROM ${qualified(log)} WHERE seq IN (SELECT seq FROM ${qualified(log)} ORDER BY seq LIMIT $1::int) RETURNING ${ks.join(', ')}`,
      `)`,
      `SELECT (SELECT count(*)::int FROM d) AS entries, coalesce(jsonb_agg(jsonb_build_array(${ks.map((k) => `q.${k}::text`).join(', ')})), '[]') AS keys`,
      `FROM (SELECT DISTINCT ${idents(ks)} FROM d) q`,
    ].join('\n'),
    upsertSql: upsert,
    removeSql: '',
    rewriteSql: upsert,
    afterSql: [],
    backlogSql: `SELECT count(*)::int FROM (SELECT 1 FROM ${qualified(log)} LIMIT $1::int) l`,
    hereSql: print(pairs.map((pair) => pair.here)),
    thereSql: print(pairs.map((pair) => pair.there)),
    hereOfKeysSql: print(pairs.map((pair) => pair.here), `WITH k AS (${keys})\n`, ofKeys),
    thereOfKeysSql: print(pairs.map((pair) => pair.there), `WITH k AS (${keys})\n`, ofKeys),
    differingSql: `SELECT ROW(${key('s')})::text AS key FROM ${live} s WHERE ${differs} LIMIT $1::int`,
  };
}
