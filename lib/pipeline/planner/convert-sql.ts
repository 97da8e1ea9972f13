import { castTarget, ident, literal, qualified } from '../ddl.ts';
import type { OrphanDecision, Statement, TableName } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import { keyAfter, keyText } from './batch-key.ts';
import type { ForeignKey } from './foreign-keys.ts';
import type { IdentityPair, OwnedSequence } from './carried-sequences.ts';
import { text } from './input.ts';
import { keptTable } from './names.ts';
import { followedSql } from './orphan-circles.ts';

/** One table of a conversion: where it stands at each moment. */
export interface Conversion {
  id: string;
  /** The live table, before and after. */
  live: TableName;
  /** The table with the new types while it is being filled. */
  shadow: TableName;
  /** The old table after the swap. */
  original: TableName;
  /** Rows whose parent is missing and that a decision removes. */
  quarantine: TableName;
  /** Rows of which a decision sets the reference to null. */
  unlinked: TableName;
  /** Rows that a rollback takes out of the live table. */
  writtenSince: TableName;
  key: readonly string[];
  /** Columns before, by name. */
  before: ReadonlyMap<string, SchemaObject>;
  /** Columns after, in order; generated ones are not copied. */
  columns: readonly SchemaObject[];
  foreignKeys: readonly ForeignKey[];
  family: readonly SchemaObject[];
  beforeFamily: readonly SchemaObject[];
  /** Does a decision remove orphans of this table? */
  quarantined: boolean;
  /** They go over to the new table in the swap, and back. */
  sequences: readonly OwnedSequence[];
  /** Each table has its own sequence for these: the position goes over. */
  identities: readonly IdentityPair[];
}

export function isDecided(decisions: Readonly<Record<string, OrphanDecision>>, key: ForeignKey, verdict: OrphanDecision['verdict']): boolean {
  return decisions[key.spec.id]?.verdict === verdict;
}

/** Conditions under which a row of the live table is an orphan of this foreign key, under the new types. Rows with a null key part never are (MATCH SIMPLE). */
function orphanCondition(one: Conversion, key: ForeignKey, inside: ReadonlyMap<string, Conversion>, alias: string): string {
  const { spec } = key;
  const parent = inside.get(key.parentId);
  const pairs = spec.columns.map((column, i) => {
    const type = spec.types[i] ?? 'text';
    const parentColumn = spec.parentColumns[i] ?? '';
    return `p.${ident(parentColumn)}::${type} = ${alias}.${ident(column)}::${type}`;
  });
  const notNull = spec.columns.map((column) => `${alias}.${ident(column)} IS NOT NULL`);
  const setAside = parent?.quarantined ? ` AND NOT EXISTS (SELECT 1 FROM ${qualified(parent.quarantine)} q WHERE ${sameKey(parent.key, 'q', 'p')})` : '';
  return `(${notNull.join(' AND ')} AND NOT EXISTS (SELECT 1 FROM ${qualified(spec.parent)} p WHERE ${pairs.join(' AND ')}${setAside}))`;
}

function sameKey(key: readonly string[], a: string, b: string): string {
  return key.map((column) => `${a}.${ident(column)} = ${b}.${ident(column)}`).join(' AND ');
}

/**
 * `c.id::uuid`: the old value under the new type; null where a decision unlinks the row. `assigned`: it goes into the new column itself,
 * where a value that is too long is an error; cast to its length it would be cut off in silence.
 */
function convertedValue(one: Conversion, column: SchemaObject, alias: string, unlinkedBy: readonly ForeignKey[], assigned = false): string {
  const before = one.before.get(column.name);
  const type = text(column, 'type') ?? 'text';
  const plain = before && text(before, 'type') === type ? `${alias}.${ident(column.name)}` : `${alias}.${ident(column.name)}::${assigned ? castTarget(type) : type}`;
  const key = unlinkedBy.find((candidate) => candidate.spec.columns.includes(column.name));
  if (!key) return plain;
  return `CASE WHEN EXISTS (SELECT 1 FROM ${qualified(one.unlinked)} u WHERE ${sameKey(one.key, 'u', alias)} AND u.countersign_reason = ${literal(key.object.name)}) THEN NULL ELSE ${plain} END`;
}

/** Copies the old rows in key order, in batches: $1 = last key as text, $2 = batch size. */
export function copyStatement(one: Conversion, unlinkedBy: readonly ForeignKey[]): Statement {
  const types = one.key.map((name) => text(one.before.get(name) ?? one.columns[0] as SchemaObject, 'type') ?? 'text');
  const order = (alias: string, way = ''): string => one.key.map((name) => `${alias}.${ident(name)}${way}`).join(', ');
  const names = one.columns.map((column) => ident(column.name)).join(', ');
  const values = one.columns.map((column) => convertedValue(one, column, 'b', unlinkedBy, true)).join(',\n           ');
  const from = qualified(one.live);
  return {
    do: 'copy',
    label: `copy ${one.live.name}`,
    sql: [
      `WITH b AS (`,
      `  SELECT c.* FROM ${from} c`,
      `  WHERE ${keyAfter('c', one.key, types, '$1')}${notQuarantined(one, ' AND')}`,
      `  ORDER BY ${order('c')} LIMIT $2::int`,
      `), i AS (`,
      `  INSERT INTO ${qualified(one.shadow)} (${names})`,
      `    OVERRIDING SYSTEM VALUE`,
      `    SELECT ${values}`,
      `    FROM b`,
      `)`,
      `SELECT count(*)::int AS rows, (SELECT ${keyText('b', one.key)} FROM b ORDER BY ${order('b', ' DESC')} LIMIT 1) AS last FROM b`,
    ].join('\n'),
    totalSql: `SELECT count(*) FROM ${from} c${notQuarantined(one, ' WHERE')}`,
  };
}

function notQuarantined(one: Conversion, word: string): string {
  return one.quarantined ? `${word} NOT EXISTS (SELECT 1 FROM ${qualified(one.quarantine)} q WHERE ${sameKey(one.key, 'q', 'c')})` : '';
}

/** Sets the rows aside that the decisions remove, and where the table refers to itself what hangs on them, until nothing more does; the old table keeps them too, this one says which and why. */
export function quarantineStatements(one: Conversion, inside: ReadonlyMap<string, Conversion>, decisions: Readonly<Record<string, OrphanDecision>>): Statement[] {
  const keys = one.foreignKeys.filter((key) => isDecided(decisions, key, 'delete'));
  const noted = new Map([...inside].filter(([, other]) => other !== one));
  const [first = '', ...more] = keys.map((key) => `SELECT c.*, ${literal(key.object.name)}::text AS countersign_reason\n  FROM ${qualified(one.live)} c\n  WHERE ${orphanCondition(one, key, noted, 'c')}`);
  const own = keys.filter((key) => key.parentId === one.id);
  return [
    {
      do: 'execute',
      label: `set orphans of ${one.live.name} aside`,
      sql: `CREATE TABLE ${qualified(one.quarantine)} AS\n  ${first}`,
    },
    // Key by key: joined by OR, the server would look through the whole parent for every row, under the lock.
    ...more.map((rows): Statement => ({ do: 'execute', label: `set more orphans of ${one.live.name} aside`, sql: `INSERT INTO ${qualified(one.quarantine)} ${rows}\n    AND NOT EXISTS (SELECT 1 FROM ${qualified(one.quarantine)} q WHERE ${sameKey(one.key, 'q', 'c')})` })),
    ...(own.length === 0 ? [] : [{
      do: 'execute' as const,
      label: `set aside what hangs on orphans of ${one.live.name}`,
      sql: followedSql(own.map(({ object, spec }) => ({
        into: one.quarantine,
        rows: `SELECT c.*, ${literal(object.name)} FROM ${qualified(one.live)} c\n      WHERE EXISTS (SELECT 1 FROM ${qualified(one.quarantine)} g WHERE ${spec.columns.map((column, i) => `g.${ident(spec.parentColumns[i] ?? '')}::${spec.types[i] ?? 'text'} = c.${ident(column)}::${spec.types[i] ?? 'text'}`).join(' AND ')})\n        AND NOT EXISTS (SELECT 1 FROM ${qualified(one.quarantine)} q WHERE ${sameKey(one.key, 'q', 'c')})`,
      }))),
    }]),
  ];
}

/** Notes the rows whose reference a decision sets to null, with the whole old row. */
export function unlinkStatement(one: Conversion, inside: ReadonlyMap<string, Conversion>, keys: readonly ForeignKey[]): Statement {
  const parts = keys.map((key) => `SELECT c.*, ${literal(key.object.name)}::text AS countersign_reason FROM ${qualified(one.live)} c WHERE ${orphanCondition(one, key, inside, 'c')}`);
  return { do: 'execute', label: `note the rows of ${one.live.name} that lose a reference`, sql: `CREATE TABLE ${qualified(one.unlinked)} AS\n  ${parts.join('\n  UNION ALL\n  ')}` };
}

/** Inserted, changed and deleted rows of the live table against the kept original: what a rollback would lose. */
export function sinceSql(one: Conversion, unlinkedBy: readonly ForeignKey[]): string {
  const now = one.columns.map((column) => `n.${ident(column.name)}`).join(', ');
  const then = one.columns.map((column) => convertedValue(one, column, 'c', unlinkedBy)).join(', ');
  const keyNow = one.key.map((column) => `n.${ident(column)}::text`).join(', ');
  const keyThen = one.columns.filter((column) => one.key.includes(column.name)).sort((a, b) => one.key.indexOf(a.name) - one.key.indexOf(b.name))
    .map((column) => `(${convertedValue(one, column, 'c', [])})::text`).join(', ');
  return [
    `SELECT count(*) FILTER (WHERE o.key IS NULL) AS inserted,`,
    `       count(*) FILTER (WHERE n.key IS NOT NULL AND o.key IS NOT NULL AND n.content IS DISTINCT FROM o.content) AS changed,`,
    `       count(*) FILTER (WHERE n.key IS NULL) AS deleted`,
    `FROM (SELECT ROW(${keyNow})::text AS key, ROW(${now})::text AS content FROM ${qualified(one.live)} n) n`,
    `FULL JOIN (SELECT ROW(${keyThen})::text AS key, ROW(${then})::text AS content FROM ${qualified(one.original)} c${notQuarantined(one, ' WHERE')}) o ON o.key = n.key`,
  ].join('\n');
}

/** Keeps the rows that were inserted or changed since, before a rollback takes them out of sight. */
export function keepWrittenSince(one: Conversion, unlinkedBy: readonly ForeignKey[]): Statement[] {
  const now = one.columns.map((column) => `n.${ident(column.name)}`).join(', ');
  const then = one.columns.map((column) => convertedValue(one, column, 'c', unlinkedBy)).join(', ');
  const match = one.key.map((column) => {
    const object = one.columns.find((candidate) => candidate.name === column);
    return object ? `${convertedValue(one, object, 'c', [])} = n.${ident(column)}` : 'false';
  }).join(' AND ');
  return [
    { do: 'execute', label: `make room for rows of ${one.live.name} written since`, sql: `CREATE TABLE IF NOT EXISTS ${qualified(one.writtenSince)} (LIKE ${qualified(one.live)})` },
    {
      do: 'execute',
      label: `keep rows of ${one.live.name} written since`,
      sql: `INSERT INTO ${qualified(one.writtenSince)}\n  SELECT n.* FROM ${qualified(one.live)} n\n  WHERE NOT EXISTS (SELECT 1 FROM ${qualified(one.original)} c WHERE ${match} AND ROW(${then})::text = ROW(${now})::text)`,
    },
  ];
}

/** The live rows under their new types, for questions about what the new table will hold. */
export function convertedRows(one: Conversion): string {
  return `SELECT ${one.columns.map((column) => `${convertedValue(one, column, 'c', [])} AS ${ident(column.name)}`).join(', ')} FROM ${qualified(one.live)} c`;
}

/** The names a conversion uses, from the live table and the plan's two schemas. */
export function conversionNames(live: TableName, keepSchema: string, shadowSchema: string): Pick<Conversion, 'live' | 'shadow' | 'original' | 'quarantine' | 'unlinked' | 'writtenSince'> {
  return {
    live,
    shadow: { schema: shadowSchema, name: live.name },
    original: { schema: keepSchema, name: live.name },
    quarantine: keptTable(keepSchema, live, '_quarantine'),
    unlinked: keptTable(keepSchema, live, '_unlinked'),
    writtenSince: keptTable(keepSchema, live, '_written_since'),
  };
}
