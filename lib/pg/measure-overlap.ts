import { ident, qualified } from '#lib/pipeline/ddl.ts';
import type { Check, Measurement, Quantity } from '#lib/pipeline/evidence.ts';
import { tableKey } from '#lib/pipeline/expectation.ts';
import { exact, unknown, WHY } from '#lib/pipeline/unknowns.ts';
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
  const counts = await countOverlap(measuring, check, duplicate, kept);
  if (!counts.ok) return { ...facts, ...nothingKnown(counts.why), firstConflicts: [] };
  return { ...facts, ...counts.value, firstConflicts: await firstConflicts(measuring, check, duplicate, kept) };
}

type Counts = Record<'onlyDuplicate' | 'onlyKept' | 'same' | 'conflict', Quantity>;

function nothingKnown(why: string): Counts {
  return { onlyDuplicate: unknown(why), onlyKept: unknown(why), same: unknown(why), conflict: unknown(why) };
}

async function countOverlap({ client }: Measuring, check: OverlapCheck, duplicate: TableShape, kept: TableShape): Promise<Answer<Counts>> {
  const answer = await attempt(client, () => client.query<Record<'only_duplicate' | 'only_kept' | 'same' | 'conflict', string>>(overlapSql(check, duplicate, kept)));
  if (!answer.ok) return answer;
  const row = answer.value.rows[0];
  if (!row) throw new Error('countOverlap: a count without a row');
  return { ok: true, value: { onlyDuplicate: exact(Number(row.only_duplicate)), onlyKept: exact(Number(row.only_kept)), same: exact(Number(row.same)), conflict: exact(Number(row.conflict)) } };
}

/** Rows of the duplicate whose key is there but whose values are not, each once, whatever number of rows share the key. */
function overlapSql(check: OverlapCheck, duplicate: TableShape, kept: TableShape): string {
  const { match, differ } = conditions(check, duplicate, kept);
  return [
    'SELECT count(*) FILTER (WHERE NOT x.found)::text AS only_duplicate,',
    '       count(*) FILTER (WHERE x.found AND x.agree)::text AS same,',
    '       count(*) FILTER (WHERE x.found AND NOT x.agree)::text AS conflict,',
    `       (SELECT count(*) FROM ${qualified(check.kept)} k WHERE NOT EXISTS (SELECT FROM ${qualified(check.duplicate)} d WHERE ${match}))::text AS only_kept`,
    'FROM (',
    `  SELECT EXISTS (SELECT FROM ${qualified(check.kept)} k WHERE ${match}) AS found,`,
    `         EXISTS (SELECT FROM ${qualified(check.kept)} k WHERE ${match} AND NOT ${differ}) AS agree`,
    `  FROM ${qualified(check.duplicate)} d`,
    ') x',
  ].join('\n');
}

function conditions(check: OverlapCheck, duplicate: TableShape, kept: TableShape): { match: string; differ: string } {
  const columns = [...duplicate.types.keys()];
  const ours = columns.map((column) => asText('d', column));
  const theirs = columns.map((column) => (kept.types.has(column) ? asText('k', column) : 'NULL::text'));
  return {
    match: check.key.map((column) => `${asText('k', column)} = ${asText('d', column)}`).join(' AND '),
    differ: `(ROW(${ours.join(', ')}) IS DISTINCT FROM ROW(${theirs.join(', ')}))`,
  };
}

function asText(alias: string, column: string): string {
  return `(${alias}.${ident(column)}::text COLLATE "C")`;
}

/** For a person to look at: the key, and both values of every column that differs, written `duplicate ≠ kept`. */
async function firstConflicts({ client }: Measuring, check: OverlapCheck, duplicate: TableShape, kept: TableShape): Promise<Record<string, string | null>[]> {
  const columns = [...duplicate.types.keys()];
  const { match, differ } = conditions(check, duplicate, kept);
  const ours = columns.map((column) => `left(d.${ident(column)}::text, ${SHOWN_CHARACTERS})`).join(', ');
  const theirs = columns.map((column) => (kept.types.has(column) ? `left(k.${ident(column)}::text, ${SHOWN_CHARACTERS})` : 'NULL::text')).join(', ');
  const order = check.key.map((column) => asText('d', column)).join(', ');
  const text = `SELECT ARRAY[${ours}]::text[] AS ours, ARRAY[${theirs}]::text[] AS theirs FROM ${qualified(check.duplicate)} d JOIN ${qualified(check.kept)} k ON ${match} WHERE ${differ} ORDER BY ${order} LIMIT ${FIRST}`;
  const answer = await attempt(client, () => client.query<{ ours: (string | null)[]; theirs: (string | null)[] }>(text));
  if (!answer.ok) return [];
  return answer.value.rows.map((row) => Object.fromEntries(columns.flatMap((column, i) => {
    const [a, b] = [row.ours[i] ?? null, row.theirs[i] ?? null];
    if (check.key.includes(column)) return [[column, a]];
    return a === b ? [] : [[column, `${a ?? 'null'} ≠ ${b ?? 'null'}`]];
  })));
}
