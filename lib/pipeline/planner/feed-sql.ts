import { ident, idents, literal, qualified } from '../ddl.ts';
import type { TableName } from '../plan.ts';
import type { FeedTable } from '../step-kinds/feed.ts';

/** A column on both sides: `here` is where the application writes, `there` the table that is kept in step. */
export interface FeedColumn {
  name: string;
  hereType: string;
  thereType: string;
  /** The value for `there`, over `s` (the row here) and, where `keepsSpelling`, `o` (the row there as it is). */
  value: string;
}

export interface FeedTerms {
  name: string;
  here: TableName;
  there: TableName;
  log: TableName;
  key: readonly string[];
  columns: readonly FeedColumn[];
  /** Finds the key there of a key here, over `k`; null = its plain cast. One entry per key column. */
  keyThere: readonly string[];
  /** Are all rows copied once? Otherwise the feed only follows. */
  copies: boolean;
  /** The row there as it was is needed to keep its spelling. */
  joinThere: boolean;
  /** The same row on both sides as the types of the new table: for comparing. */
  compareHere: readonly string[];
  compareThere: readonly string[];
  afterSql: readonly string[];
  /** An extra part of the copy that runs over its batch `b`. */
  alongCopy: string;
}

/** The statements of one table of a feed. Sources: execution paper 8.1 to 8.4. */
export function feedTable(terms: FeedTerms): FeedTable {
  const { here, there, log, key } = terms;
  const column = (name: string): FeedColumn => terms.columns.find((one) => one.name === name) ?? { name, hereType: 'text', thereType: 'text', value: `s.${ident(name)}` };
  const keys = keysOf(key.map((name) => column(name).hereType));
  const ks = key.map((_, i) => `k${i + 1}`);
  const onHere = key.map((name, i) => `s.${ident(name)} = k.k${i + 1}`).join(' AND ');
  const onThere = (alias: string): string => key.map((name, i) => `${alias}.${ident(name)} = ${terms.keyThere[i] ?? ''}`).join(' AND ');
  const insertInto = `INSERT INTO ${qualified(there)} (${idents(terms.columns.map((one) => one.name))})\n  OVERRIDING SYSTEM VALUE`;
  const rest = terms.columns.filter((one) => !key.includes(one.name));
  const conflict = rest.length === 0 ? 'DO NOTHING' : `DO UPDATE SET ${rest.map((one) => `${ident(one.name)} = EXCLUDED.${ident(one.name)}`).join(', ')}`;
  const values = terms.columns.map((one) => one.value).join(', ');
  const batch = [
    `WITH b AS MATERIALIZED (`,
    `  SELECT s.* FROM ${qualified(here)} s`,
    `  WHERE $1::text[] IS NULL OR (${key.map((name) => `s.${ident(name)}`).join(', ')}) > (${key.map((name, i) => `($1::text[])[${i + 1}]::${column(name).hereType}`).join(', ')})`,
    `  ORDER BY ${key.map((name) => `s.${ident(name)}`).join(', ')} LIMIT $2::int`,
    `)`,
  ].join('\n');
  const lastKey = `ARRAY[${key.map((name) => `b.${ident(name)}::text`).join(', ')}]`;
  const answer = `SELECT count(*)::int AS rows, (SELECT ${lastKey} FROM b ORDER BY ${key.map((name) => `b.${ident(name)} DESC`).join(', ')} LIMIT 1) AS last FROM b`;
  return {
    name: terms.name,
    log,
    keyNames: ks,
    copySql: terms.copies ? `${batch}, i AS (\n  ${insertInto}\n  SELECT ${values} FROM b s\n  ON CONFLICT (${idents(key)}) DO NOTHING\n)${terms.alongCopy}\n${answer}` : '',
    deferSql: terms.copies ? `${batch}, i AS (\n  INSERT INTO ${qualified(log)} (${ks.join(', ')}) SELECT ${key.map((name) => `b.${ident(name)}`).join(', ')} FROM b\n)\n${answer}` : '',
    estimateSql: `SELECT greatest(c.reltuples, 0)::bigint FROM pg_class c WHERE c.oid = to_regclass(${literal(qualified(here))})`,
    takeSql: [
      `WITH d AS (`,
      `  DELETE FROM ${qualified(log)} WHERE seq IN (SELECT seq FROM ${qualified(log)} ORDER BY seq LIMIT $1::int) RETURNING ${ks.join(', ')}`,
      `)`,
      `SELECT (SELECT count(*)::int FROM d) AS entries, coalesce(jsonb_agg(jsonb_build_array(${ks.map((k) => `q.${k}::text`).join(', ')})), '[]') AS keys`,
      `FROM (SELECT DISTINCT ${ks.join(', ')} FROM d) q`,
    ].join('\n'),
    upsertSql: [
      `WITH k AS (${keys})`,
      insertInto,
      `  SELECT ${values}`,
      `  FROM k JOIN ${qualified(here)} s ON ${onHere}${terms.joinThere ? ` LEFT JOIN ${qualified(there)} o ON ${onThere('o')}` : ''}`,
      `  ON CONFLICT (${idents(key)}) ${conflict}`,
    ].join('\n'),
    removeSql: [
      `WITH k AS (${keys})`,
      `DELETE FROM ${qualified(there)} t USING k`,
      `WHERE ${onThere('t')}`,
      `  AND NOT EXISTS (SELECT 1 FROM ${qualified(here)} s WHERE ${onHere})`,
      `  AND NOT EXISTS (SELECT 1 FROM ${qualified(here)} s WHERE ${key.map((name) => `s.${ident(name)} = t.${ident(name)}::text::${column(name).hereType}`).join(' AND ')})`,
    ].join('\n'),
    // The sort reads all of the deletion before the first row is inserted, and a unique index does not see rows that its own transaction deleted.
    rewriteSql: [
      `WITH k AS (${keys}), gone AS (DELETE FROM ${qualified(there)} t USING k WHERE ${onThere('t')} RETURNING t.*),`,
      `o AS MATERIALIZED (SELECT * FROM gone ORDER BY ${idents(key)})`,
      insertInto,
      `  SELECT ${values}`,
      `  FROM k JOIN ${qualified(here)} s ON ${onHere} LEFT JOIN o ON ${onThere('o')}`,
    ].join('\n'),
    afterSql: terms.afterSql,
    backlogSql: `SELECT count(*)::int FROM (SELECT 1 FROM ${qualified(log)} LIMIT $1::int) l`,
    hereSql: countAndHash(here, terms.compareHere),
    thereSql: countAndHash(there, terms.compareThere),
    hereOfKeysSql: countAndHash(here, terms.compareHere, `WITH k AS (${keys})\n`, `WHERE EXISTS (SELECT 1 FROM k WHERE ${onHere})`),
    thereOfKeysSql: countAndHash(there, terms.compareThere, `WITH k AS (${keys})\n`, `WHERE EXISTS (SELECT 1 FROM k WHERE ${onThere('s')})`),
    differingSql: [
      `SELECT coalesce(h.key, t.key) AS key FROM ${hashed(here, key.map((name) => terms.compareHere[terms.columns.findIndex((one) => one.name === name)] ?? ''), terms.compareHere)} h`,
      `FULL JOIN ${hashed(there, key.map((name) => terms.compareThere[terms.columns.findIndex((one) => one.name === name)] ?? ''), terms.compareThere)} t ON t.key = h.key`,
      `WHERE h.hash IS DISTINCT FROM t.hash LIMIT $1::int`,
    ].join('\n'),
  };
}

/** `$1` as rows of typed key columns k1, k2 …. */
function keysOf(types: readonly string[]): string {
  return `SELECT ${types.map((type, i) => `(e ->> ${i})::${type} AS k${i + 1}`).join(', ')} FROM jsonb_array_elements($1::jsonb) e`;
}

function countAndHash(table: TableName, values: readonly string[], before = '', where = ''): string {
  return `${before}SELECT count(*)::text || ' rows, hash ' || coalesce(sum(hashtextextended(ROW(${values.join(', ')})::text, 0)::numeric), 0)::text FROM ${qualified(table)} s${where === '' ? '' : `\n${where}`}`;
}

function hashed(table: TableName, key: readonly string[], values: readonly string[]): string {
  return `(SELECT ROW(${key.join(', ')})::text AS key, count(*) || ' ' || sum(hashtextextended(ROW(${values.join(', ')})::text, 0)::numeric) AS hash FROM ${qualified(table)} s GROUP BY 1)`;
}
