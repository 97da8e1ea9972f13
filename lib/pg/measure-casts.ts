import { changedSql } from '#lib/pipeline/changed-values.ts';
import { castGuardSql, guardedCast, keyTextSql, respelledSql, typeSql, type CastGuard } from '#lib/pipeline/casts.ts';
import { ident, literal, qualified } from '#lib/pipeline/ddl.ts';
import type { CastResult, CastSpec, Check, Quantity } from '#lib/pipeline/evidence.ts';
import { tableKey } from '#lib/pipeline/expectation.ts';
import { exact, unknown, WHY } from '#lib/pipeline/unknowns.ts';
import { attempt, castsWhole, type Answer, type Measuring, type TableShape } from './measure-session.ts';

type CastCheck = Extract<Check, { kind: 'casts' }>;

const FIRST = 20;
const SHOWN_CHARACTERS = 200;

interface Counts {
  fine: number;
  failures: number;
  unsure: number;
  respelled: number;
  changed: number;
  failuresDigest: string;
  respelledDigest: string;
}

/**
 * For each column that changes its type: how many values cast, how many do not, how many change their spelling or even
 * their value, and how many would collide in a key. Nulls always cast and are not counted. Where the server cannot say beforehand whether a spelling casts, the cast
 * is tried on those values; if that fails, the number of failures is unknown. Lock: ACCESS SHARE on the table.
 */
export async function measureCasts(measuring: Measuring, check: CastCheck): Promise<CastResult[]> {
  const shape = measuring.shapes.get(tableKey(check.table));
  const results: CastResult[] = [];
  for (const cast of check.casts) {
    const actual = shape?.types.get(cast.column);
    if (!shape) results.push(notKnown(cast, WHY.absent));
    else if (actual === undefined) results.push(notKnown(cast, WHY.noColumn));
    else if (actual !== cast.from) results.push(notKnown(cast, WHY.otherType));
    else results.push(await measureColumn(measuring, check, cast, shape));
  }
  return results;
}

function named({ column, from, to }: CastSpec): CastSpec {
  return { column, from, to };
}

function notKnown(cast: CastSpec, why: string): CastResult {
  const quantity = unknown(why);
  return { ...named(cast), fine: quantity, failures: quantity, failureRows: [], respelled: quantity, respelledRows: [], collisions: quantity };
}

async function measureColumn(measuring: Measuring, check: CastCheck, asked: CastSpec, shape: TableShape): Promise<CastResult> {
  // Values of an enum are texts that stand in its list, and nothing else changes.
  const cast = asked.labels ? { ...asked, to: 'text' } : asked;
  const whole = !asked.labels && (await castsWhole(measuring, check.table, cast.column, cast.from, cast.to));
  const guard: CastGuard = asked.labels ? { fits: `c.${ident(cast.column)}::text = ANY (ARRAY[${asked.labels.map(literal).join(', ')}]::text[])`, unsure: 'false' } : whole ? { fits: 'true', unsure: 'false' } : castGuardSql(`c.${ident(cast.column)}`, cast.from, cast.to, measuring.serverVersion);
  let counts = await countValues(measuring, check, cast, guard);
  let tried = guard;
  if (counts.ok && counts.value.unsure > 0) {
    tried = { fits: `(${guard.fits} OR (${guard.unsure}))`, unsure: 'false' };
    counts = await countValues(measuring, check, cast, tried);
  }
  if (!counts.ok) return notKnown(asked, counts.why);
  const { value } = counts;
  return {
    ...named(asked),
    fine: exact(value.fine),
    failures: exact(value.failures),
    failureRows: value.failures > 0 ? await failureRows(measuring, check, cast, tried) : [],
    ...(value.failures > 0 ? { failuresDigest: value.failuresDigest } : {}),
    respelled: exact(value.respelled),
    ...(value.changed > 0 ? { changed: exact(value.changed) } : {}),
    respelledRows: value.respelled > 0 ? await respelledRows(measuring, check, cast, tried) : [],
    ...(value.respelled > 0 ? { respelledDigest: value.respelledDigest } : {}),
    collisions: await countCollisions(measuring, check, cast, shape, tried),
  };
}

/** Hashes are summed, so that the digest does not depend on the order in which rows are read and needs no memory. */
async function countValues({ client }: Measuring, check: CastCheck, cast: CastSpec, guard: CastGuard): Promise<Answer<Counts>> {
  const text = [
    'SELECT count(*) FILTER (WHERE v.ok)::text AS fine,',
    '       count(*) FILTER (WHERE NOT v.ok AND NOT v.unsure)::text AS failures,',
    '       count(*) FILTER (WHERE NOT v.ok AND v.unsure)::text AS unsure,',
    '       count(*) FILTER (WHERE v.respelled)::text AS respelled,',
    '       count(*) FILTER (WHERE v.changed)::text AS changed,',
    '       coalesce(sum(v.hash) FILTER (WHERE NOT v.ok AND NOT v.unsure), 0)::text AS failures_digest,',
    '       coalesce(sum(v.hash) FILTER (WHERE v.respelled), 0)::text AS respelled_digest',
    `FROM (${valuesSql(check, cast, guard)}) v`,
  ].join('\n');
  const answer = await attempt(client, () => client.query<Record<'fine' | 'failures' | 'unsure' | 'respelled' | 'changed' | 'failures_digest' | 'respelled_digest', string>>(text));
  if (!answer.ok) return answer;
  const row = answer.value.rows[0];
  if (!row) throw new Error('countValues: a count without a row');
  return { ok: true, value: { fine: Number(row.fine), failures: Number(row.failures), unsure: Number(row.unsure), respelled: Number(row.respelled), changed: Number(row.changed), failuresDigest: row.failures_digest, respelledDigest: row.respelled_digest } };
}

/** One row per value that is not null; a cast stands behind CASE, which alone guarantees that it is not tried on what fails. */
function valuesSql(check: CastCheck, cast: CastSpec, guard: CastGuard): string {
  const value = `c.${ident(cast.column)}`;
  const key = rowName(check);
  return [
    `SELECT g.ok, g.unsure, g.value, g.key, hashtextextended(jsonb_build_array(g.key, g.value)::text, 0)::numeric AS hash,`,
    `       CASE WHEN g.ok THEN ${respelledSql('g.original', cast.from, cast.to)} ELSE false END AS respelled,`,
    `       CASE WHEN g.ok THEN ${changedSql('g.original', cast.from, cast.to)} ELSE false END AS changed,`,
    `       CASE WHEN g.ok THEN (g.original::${typeSql(cast.to)})::text END AS becomes`,
    `FROM (SELECT ${value} AS original, ${value}::text AS value, ${key} AS key, (${guard.fits}) AS ok, (${guard.unsure}) AS unsure FROM ${qualified(check.table)} c WHERE ${value} IS NOT NULL OFFSET 0) g`,
  ].join('\n');
}

function rowName(check: CastCheck): string {
  return check.key.length === 0 ? `''::text` : keyTextSql('c', check.key);
}

async function failureRows({ client }: Measuring, check: CastCheck, cast: CastSpec, guard: CastGuard): Promise<CastResult['failureRows']> {
  const text = `SELECT coalesce(v.key, '') AS key, left(v.value, ${SHOWN_CHARACTERS}) AS value FROM (${valuesSql(check, cast, guard)}) v WHERE NOT v.ok ORDER BY v.key COLLATE "C", v.value COLLATE "C" LIMIT ${FIRST}`;
  const answer = await attempt(client, () => client.query<{ key: string; value: string }>(text));
  return answer.ok ? answer.value.rows : [];
}

async function respelledRows({ client }: Measuring, check: CastCheck, cast: CastSpec, guard: CastGuard): Promise<CastResult['respelledRows']> {
  const text = `SELECT coalesce(v.key, '') AS key, left(v.value, ${SHOWN_CHARACTERS}) AS value, left(v.becomes, ${SHOWN_CHARACTERS}) AS becomes, v.changed FROM (${valuesSql(check, cast, guard)}) v WHERE v.respelled ORDER BY v.changed DESC, v.key COLLATE "C", v.value COLLATE "C" LIMIT ${FIRST}`;
  const answer = await attempt(client, () => client.query<{ key: string; value: string; becomes: string; changed: boolean }>(text));
  return answer.ok ? answer.value.rows.map(({ changed, ...row }) => (changed ? { ...row, changed } : row)) : [];
}

/** Over every key that the column is part of: values that two or more rows would share after the cast. */
async function countCollisions(measuring: Measuring, check: CastCheck, cast: CastSpec, shape: TableShape, guard: CastGuard): Promise<Quantity> {
  const keys = uniqueSets([check.key, ...shape.keys]).filter((key) => key.includes(cast.column) && key.every((column) => shape.types.has(column)));
  let total = 0;
  for (const key of keys) {
    const parts = key.map((column) => (column === cast.column ? `CASE WHEN ${guard.fits} THEN c.${ident(column)}::${typeSql(cast.to)} END` : castInKey(measuring, check, column)));
    const aliases = parts.map((part, i) => `${part} AS k${i}`).join(', ');
    const columns = parts.map((_, i) => `k${i}`);
    const text = `SELECT count(*)::text AS values FROM (SELECT 1 FROM (SELECT ${aliases} FROM ${qualified(check.table)} c) x WHERE ${columns.map((column) => `${column} IS NOT NULL`).join(' AND ')} GROUP BY ${columns.join(', ')} HAVING count(*) > 1) g`;
    const answer = await attempt(measuring.client, () => measuring.client.query<{ values: string }>(text));
    if (!answer.ok) return unknown(answer.why);
    total += Number(answer.value.rows[0]?.values);
  }
  return exact(total);
}

function castInKey({ serverVersion }: Measuring, check: CastCheck, column: string): string {
  const other = check.casts.find((one) => one.column === column);
  const value = `c.${ident(column)}`;
  return other ? guardedCast(value, other.from, other.to, serverVersion) : value;
}

function uniqueSets(keys: readonly (readonly string[])[]): string[][] {
  return [...new Map(keys.filter((key) => key.length > 0).map((key) => [JSON.stringify(key.toSorted()), [...key]])).values()];
}
