import type { RunSession } from '#lib/pg/execute-session.ts';
import { type Ask, checkAssertion } from '#lib/pg/assertion.ts';
import { readTouched } from '#lib/pg/introspect.ts';
import { isInDoubt, SQLSTATE, sqlState } from '#lib/pg/sqlstate.ts';
import { sql } from '#lib/sql.ts';
import type { Evidence } from '#lib/pipeline/evidence.ts';
import { searchPathSql } from '#lib/pipeline/ddl.ts';
import { tableKey } from '#lib/pipeline/expectation.ts';
import type { Assertion, Phase, TableName, Tolerance } from '#lib/pipeline/plan.ts';
import { factKey } from '#lib/pipeline/run-facts.ts';
import type { AssertionResult } from '#lib/pipeline/run.ts';
import { objectOf, touchedPrints } from '#lib/pipeline/touches.ts';
import type { RunCase } from './run-case.ts';

const STATEMENT_MS = 5 * 60_000;

/** What a verification needs to know of a run: of which kind it is, and what was signed before it. */
export type Verified = Pick<RunCase, 'phase' | 'signed'> & { run: Pick<RunCase['run'], 'kind'>; plan: Pick<RunCase['plan'], 'tolerance'> };

/** Expected against actual after the last step: the phase's own verifications, or after a rollback whether the target is again what was signed. Read-only. */
export async function verifyRun(session: RunSession, found: Verified, facts: Readonly<Record<string, string>>): Promise<AssertionResult[]> {
  if (found.run.kind === 'forward') return [...(await asExpected(session, found.phase)), ...(await readOnly(session, (ask) => askAll(ask, session, found.phase.verifications, facts), searchPathOf(found.phase)))];
  const now = touchedPrints(await readTouched(session.client, found.phase.touches), found.phase.touches);
  return [
    ...found.phase.touches.map((id) => definitionBack(id, found.signed.fingerprints[id], now[id])),
    // Tables that were kept in step come back with every write since: how many rows they had when it was signed says nothing about them.
    ...(isFollowed(found.phase) ? [] : await readOnly(session, (ask) => rowsBack(ask, found.phase, found.signed, found.plan.tolerance))),
  ];
}

function isFollowed(phase: Phase): boolean {
  return phase.steps.some((step) => step.work?.kind === 'swap');
}

/** What a script was to make of each object. */
async function asExpected(session: RunSession, { expects = {} }: Phase): Promise<AssertionResult[]> {
  const ids = Object.keys(expects);
  if (ids.length === 0) return [];
  const now = touchedPrints(await readTouched(session.client, ids), ids);
  return ids.map((id) => definitionBack(id, expects[id], now[id]));
}

/** A text that people wrote asks with the names that its steps use. */
function searchPathOf({ steps }: Phase): readonly string[] | undefined {
  return steps.find((step) => step.searchPath)?.searchPath;
}

/** One transaction, so that all answers are of one instant. */
async function readOnly<T>(session: RunSession, use: (ask: Ask) => Promise<T>, searchPath: readonly string[] = ['pg_catalog']): Promise<T> {
  const { client } = session;
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    await client.query(`SET LOCAL statement_timeout = ${STATEMENT_MS}`);
    await client.query(`SET LOCAL search_path = ${searchPathSql(searchPath)}`);
    return await use((query) => client.query(query));
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}

async function askAll(ask: Ask, session: RunSession, verifications: readonly Assertion[], facts: Readonly<Record<string, string>>): Promise<AssertionResult[]> {
  const results: AssertionResult[] = [];
  for (const verification of verifications) {
    await session.client.query('SAVEPOINT verification');
    try {
      results.push(await checkAssertion(ask, verification, (expect) => facts[factKey(expect)] ?? null));
    } catch (error) {
      const state = sqlState(error);
      // A lost connection or a cancelled query says nothing about the target; a query that cannot run there does.
      if (state === null || isInDoubt(error) || state === SQLSTATE.queryCanceled || state === SQLSTATE.lockNotAvailable) throw error;
      await session.client.query('ROLLBACK TO SAVEPOINT verification');
      results.push({ label: verification.label, expected: verification.expect.from === 'literal' ? verification.expect.value : 'an answer', actual: `the query was refused (${state})`, ok: false });
    }
  }
  return results;
}

function definitionBack(id: string, signed: string | undefined, now: string | undefined): AssertionResult {
  const object = objectOf(id);
  const name = object === id ? id.slice(id.indexOf(':') + 1) : object.replace(':', ' ').replaceAll('_', ' ');
  return { label: `${id.startsWith('aside:') ? 'owner and settings' : 'definition'} of ${name}`, expected: shortPrint(signed), actual: shortPrint(now), ok: signed !== undefined && signed === now };
}

function shortPrint(print: string | undefined): string {
  return print === undefined ? 'unknown' : print === 'absent' ? 'absent' : print.slice(0, 12);
}

/** Tables that the rollback brought back hold the rows that were signed, within the signed tolerance (the application goes on writing). */
async function rowsBack(ask: Ask, phase: Phase, signed: Evidence, tolerance: Tolerance): Promise<AssertionResult[]> {
  const results: AssertionResult[] = [];
  for (const { table } of phase.price) {
    const rows = signedRows(signed, table);
    if (rows === null) continue;
    const answer = await ask({ text: sql('measure/row_count', { table }), rowMode: 'array' });
    const first: unknown[] = answer.rows[0] ?? [];
    const now = Number(first[0]);
    results.push({ label: `rows of ${tableKey(table)}`, expected: tolerance.rowsPercent === 0 ? String(rows) : `${rows} ± ${tolerance.rowsPercent} %`, actual: String(now), ok: Math.abs(now - rows) * 100 <= rows * tolerance.rowsPercent });
  }
  return results;
}

function signedRows(signed: Evidence, table: TableName): number | null {
  const measured = signed.measurements.find((one) => one.kind === 'rows' && tableKey(one.table) === tableKey(table));
  return measured?.kind === 'rows' && measured.rows.provenance === 'exact' ? measured.rows.value : null;
}
