import { ident, qualified } from '#lib/pipeline/ddl.ts';
import type { Check, Conflicting, Measurement, Quantity } from '#lib/pipeline/evidence.ts';
import { tableKey } from '#lib/pipeline/expectation.ts';
import { conflictsDigestSql, conflictsFrom, type Overlap } from '#lib/pipeline/overlap.ts';
import { exact, exactValue, unknown, WHY } from '#lib/pipeline/unknowns.ts';
import { attempt, type Answer, type Measuring, type TableShape } from './measure-session.ts';

type OverlapCheck = Extract<Check, { kind: 'overlap' }>;
type OverlapFacts = Omit<Extract<Measurement, { kind: 'overlap' }>, 'check' | 'ms'>;

const FIRST = 20;
const SHOWN_CHARACTERS = 200;

/**
 * How two tables overlap under a key: rows only in the one, only in the other, the same in both, and in conflict (same key, other
 * values). Rows are compared over the duplicate's columns, each as text; a value in a column that the kept table lacks is a conflict,
 * because merging would lose it. Lock: ACCESS SHARE on both.
 */
export async function measureOverlap(measuring: Measuring, check: OverlapCheck): Promise<OverlapFacts> {
  const duplicate = measuring.shapes.get(tableKey(check.duplicate));
  const kept = measuring.shapes.get(tableKey(check.kept));
  const facts = { kind: 'overlap' as const, duplicate: check.duplicate, kept: check.kept };
  const why = !duplicate || !kept ? WHY.absent : check.key.length === 0 ? WHY.noKey : check.key.every((column) => duplicate.types.has(column) && kept.types.has(column)) ? null : WHY.noColumn;
  if (why !== null || !duplicate || !kept) return { ...facts, ...nothingKnown(why ?? WHY.absent), firstConflicts: [] };
  const two = compared(check, duplicate, kept);
  const counts = await countOverlap(measuring, two);
  if (!counts.ok) return { ...facts, ...nothingKnown(counts.why), firstConflicts: [] };
  const rows = exactValue(counts.value.conflict) === 0 ? [] : await firstConflicts(measuring, two);
  return {
    ...facts, ...counts.value, firstConflicts: rows.map((row) => inOne(two, row)),
    ...(exactValue(counts.value.onlyDuplicate) === 0 ? {} : { firstOnly: await firstOnly(measuring, two) }),
    ...(exactValue(counts.value.conflict) === 0 ? {} : await conflicting(measuring, two, rows)),
  };
}

type Counts = Record<'onlyDuplicate' | 'onlyKept' | 'same' | 'conflict', Quantity>;
type Row = Record<string, string | null>;
interface Conflict { duplicate: Row; kept: Row }

/** The two tables with the conditions under which their rows `d` and `k` are one row, and differ. */
interface Compared extends Overlap {
  duplicateTypes: ReadonlyMap<string, string>;
  keptTypes: ReadonlyMap<string, string>;
  match: string;
  differ: string;
}

function nothingKnown(why: string): Counts {
  return { onlyDuplicate: unknown(why), onlyKept: unknown(why), same: unknown(why), conflict: unknown(why) };
}

/** Keys of one type are compared by that type's own equality, as the step does; others as text. */
function compared(check: OverlapCheck, duplicate: TableShape, kept: TableShape): Compared {
  const columns = [...duplicate.types.keys()].filter((column) => check.columns?.includes(column) ?? true);
  const ours = columns.map((column) => asText('d', column));
  const theirs = columns.map((column) => (kept.types.has(column) ? asText('k', column) : 'NULL::text'));
  return {
    duplicate: check.duplicate, kept: check.kept, key: check.key, columns, duplicateTypes: duplicate.types, keptTypes: kept.types,
    match: check.key.map((column) => (duplicate.types.get(column) === kept.types.get(column) ? `k.${ident(column)} = d.${ident(column)}` : `${asText('k', column)} = ${asText('d', column)}`)).join(' AND '),
    differ: `(ROW(${ours.join(', ')}) IS DISTINCT FROM ROW(${theirs.join(', ')}))`,
  };
}

async function countOverlap({ client }: Measuring, two: Compared): Promise<Answer<Counts>> {
  const answer = await attempt(client, () => client.query<Record<'only_duplicate' | 'only_kept' | 'same' | 'conflict', string>>(overlapSql(two)));
  if (!answer.ok) return answer;
  const row = answer.value.rows[0];
  if (!row) throw new Error('countOverlap: a count without a row');
  return { ok: true, value: { onlyDuplicate: exact(Number(row.only_duplicate)), onlyKept: exact(Number(row.only_kept)), same: exact(Number(row.same)), conflict: exact(Number(row.conflict)) } };
}

/** Rows of the duplicate whose key is there but whose values are not, each once, whatever number of rows share the key. */
function overlapSql({ duplicate, kept, match, differ }: Compared): string {
  return [
    'SELECT count(*) FILTER (WHERE NOT x.found)::text AS only_duplicate,',
    '       count(*) FILTER (WHERE x.found AND x.agree)::text AS same,',
    '       count(*) FILTER (WHERE x.found AND NOT x.agree)::text AS conflict,',
    `       (SELECT count(*) FROM ${qualified(kept)} k WHERE NOT EXISTS (SELECT FROM ${qualified(duplicate)} d WHERE ${match}))::text AS only_kept`,
    'FROM (',
    `  SELECT EXISTS (SELECT FROM ${qualified(kept)} k WHERE ${match}) AS found,`,
    `         EXISTS (SELECT FROM ${qualified(kept)} k WHERE ${match} AND NOT ${differ}) AS agree`,
    `  FROM ${qualified(duplicate)} d`,
    ') x',
  ].join('\n');
}

function asText(alias: string, column: string): string {
  return `(${alias}.${ident(column)}::text COLLATE "C")`;
}

function shown(alias: string, columns: readonly string[], types: ReadonlyMap<string, string>): string {
  return `ARRAY[${columns.map((column) => (types.has(column) ? `left(${alias}.${ident(column)}::text, ${SHOWN_CHARACTERS})` : 'NULL::text')).join(', ')}]::text[]`;
}

function orderOf({ key }: Compared): string {
  return key.map((column) => asText('d', column)).join(', ');
}

function rowOf(columns: readonly string[], values: readonly (string | null)[]): Row {
  return Object.fromEntries(columns.map((column, i) => [column, values[i] ?? null]));
}

/** For a person to look at; a timeout here loses the picture and not the figures. */
async function firstConflicts({ client }: Measuring, two: Compared): Promise<Conflict[]> {
  const { columns, duplicateTypes, keptTypes } = two;
  const text = `SELECT ${shown('d', columns, duplicateTypes)} AS ours, ${shown('k', columns, keptTypes)} AS theirs FROM ${qualified(two.duplicate)} d JOIN ${qualified(two.kept)} k ON ${two.match} WHERE ${two.differ} ORDER BY ${orderOf(two)} LIMIT ${FIRST}`;
  const answer = await attempt(client, () => client.query<{ ours: (string | null)[]; theirs: (string | null)[] }>(text));
  return answer.ok ? answer.value.rows.map((row) => ({ duplicate: rowOf(columns, row.ours), kept: rowOf(columns, row.theirs) })) : [];
}

/** The key, and both values of every column that differs, written `duplicate ≠ kept`. */
function inOne({ columns, key }: Compared, { duplicate, kept }: Conflict): Row {
  return Object.fromEntries(columns.flatMap((column) => {
    const [a, b] = [duplicate[column] ?? null, kept[column] ?? null];
    if (key.includes(column)) return [[column, a]];
    return a === b ? [] : [[column, `${a ?? 'null'} ≠ ${b ?? 'null'}`]];
  }));
}

async function firstOnly({ client }: Measuring, two: Compared): Promise<Row[]> {
  const text = `SELECT ${shown('d', two.columns, two.duplicateTypes)} AS ours FROM ${qualified(two.duplicate)} d WHERE NOT EXISTS (SELECT FROM ${qualified(two.kept)} k WHERE ${two.match}) ORDER BY ${orderOf(two)} LIMIT ${FIRST}`;
  const answer = await attempt(client, () => client.query<{ ours: (string | null)[] }>(text));
  return answer.ok ? answer.value.rows.map((row) => rowOf(two.columns, row.ours)) : [];
}

/** Absent where it could not be found out, or a column is missing in the kept table: then no decision can rest on it, and the step stops at its own count. */
async function conflicting({ client }: Measuring, two: Compared, rows: readonly Conflict[]): Promise<Pick<OverlapFacts, 'conflicting'>> {
  if (!two.columns.every((column) => two.keptTypes.has(column))) return {};
  const digest = await attempt(client, () => client.query<[string]>({ text: conflictsDigestSql(two), rowMode: 'array' }));
  if (!digest.ok) return {};
  const times = two.columns.filter((column) => !two.key.includes(column) && isTime(two.duplicateTypes.get(column)) && isTime(two.keptTypes.get(column)));
  return { conflicting: { digest: digest.value.rows[0]?.[0] ?? '', rows, newest: await newestBy({ client }, two, times) } };
}

function isTime(type: string | undefined): boolean {
  return type !== undefined && /^(timestamp|date)/.test(type);
}

async function newestBy({ client }: Pick<Measuring, 'client'>, two: Compared, columns: readonly string[]): Promise<Conflicting['newest']> {
  if (columns.length === 0) return [];
  const counts = columns.map((column, i) => `count(*) FILTER (WHERE d.${ident(column)} > k.${ident(column)})::int AS d${i}, count(*) FILTER (WHERE k.${ident(column)} > d.${ident(column)})::int AS k${i}`);
  const answer = await attempt(client, () => client.query<Record<string, number>>(`SELECT count(*)::int AS total, ${counts.join(', ')} ${conflictsFrom(two)}`));
  const row = answer.ok ? answer.value.rows[0] : undefined;
  if (!row) return [];
  return columns.map((column, i) => {
    const [duplicate, kept] = [row[`d${i}`] ?? 0, row[`k${i}`] ?? 0];
    return { column, duplicate, kept, tied: (row['total'] ?? 0) - duplicate - kept };
  });
}
