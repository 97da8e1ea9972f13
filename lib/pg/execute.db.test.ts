import { randomUUID } from 'node:crypto';
import { expect, describe, test } from 'vitest';
import type { Step } from '#lib/pipeline/plan.ts';
import { endingSql } from '#lib/pipeline/run.ts';
import { closeAtEnd, freshDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { promptly } from '#lib/testing/promptly.ts';
import { execute, smallStep } from '#lib/testing/small-run.ts';
import { executeStep } from './execute.ts';
import { STEP_LIMITS, type StepContext, type StepPoint, type StepReport } from './execute-kind.ts';
import { closeRunSession, openRunSession, type RunSession, tryTargetLock, xactStatus } from './execute-session.ts';
import { installLedger, type LedgerRun, readStep, takeOverRun } from './ledger.ts';

interface Bench {
  database: TestDatabase;
  session: RunSession;
  run: LedgerRun;
}

async function bench(major: 14 | 15 | 18 = 15): Promise<Bench> {
  const database = await freshDatabase({ major });
  const run: LedgerRun = { runId: randomUUID(), planId: randomUUID(), phaseId: 'small', kind: 'forward', digest: 'd', attempt: 1 };
  const session = await open(database, run);
  await session.client.query('create table public.parcel (id integer primary key, name text not null); create table public.trace (step text)');
  await installLedger(session.client);
  expect(await takeOverRun(session.client, run)).toBe(true);
  return { database, session, run };
}

async function open(database: TestDatabase, run: LedgerRun): Promise<RunSession> {
  const session = await openRunSession(database.config, run.runId, run.attempt);
  closeAtEnd(() => closeRunSession(session));
  return session;
}

function context(run: LedgerRun, change: Partial<StepContext> = {}): StepContext {
  return { run, worker: 'test', limits: STEP_LIMITS, evidenced: () => null, stopping: () => false, pace: () => Promise.resolve(), person: () => Promise.resolve(null), fused: () => false, shielded: (work) => work(), beside: { config: { name: 'test', environment: 'test', readerUrl: '', operatorUrl: null }, backup: { directory: null, toolFolder: null, restoreUrl: null, environment: {} } }, reach: () => undefined, ...change };
}

const SILENT: StepReport = { started: () => Promise.resolve(), statement: () => undefined, returned: () => undefined, progress: () => undefined };

function at(point: StepPoint, act: () => void): (reached: StepPoint) => void {
  return (reached) => {
    if (reached === point) act();
  };
}

async function count(one: Bench, table = 'public.trace'): Promise<number> {
  const { rows } = await (await one.database.client()).query<{ n: number }>(`select count(*)::int as n from ${table}`);
  return rows[0]?.n ?? -1;
}

/** Resolves when the session waits for that: `PgSleep` or `Lock`. */
async function waitsFor(one: Bench, what: 'PgSleep' | 'Lock', session = one.session): Promise<void> {
  const admin = await one.database.client();
  await expect.poll(async () => (await admin.query('select from pg_stat_activity where pid = $1 and $2 in (wait_event, wait_event_type)', [session.pid, what])).rowCount).toBe(1);
}

const TRACE: Step = smallStep('s.1', [execute('trace', "INSERT INTO public.trace VALUES ('s.1')")]);

describe.each([14, 15, 18] as const)('on Postgres %i', (major) => {
  test('a step is applied once, with its ledger row in the same transaction; the second time it is found', async () => {
    const one = await bench(major);
    const first = await executeStep(one.session, TRACE, context(one.run), SILENT);
    expect(first).toMatchObject({ outcome: 'applied', result: { rows: 1, statements: [{ label: 'trace', rows: 1 }] } });
    const second = await executeStep(one.session, TRACE, context(one.run), SILENT);
    expect(second).toMatchObject({ outcome: 'already_applied', result: { rows: 1 } });
    expect(await count(one)).toBe(1);
    const { rows } = await (await one.database.client()).query('select (select xmin::text from countersign.step) = (select xmin::text from public.trace) as together');
    expect(rows).toEqual([{ together: true }]);
    expect(await xactStatus(one.session.client, first.outcome === 'applied' ? first.xid : '')).toBe('committed');
    expect(await xactStatus(one.session.client, '99999999999')).toBe('future');
  });

  test('a step is on disk before it counts as committed, whatever the database has set for its application', async () => {
    const one = await bench(major);
    await one.session.client.query('set synchronous_commit = off');
    expect(await executeStep(one.session, smallStep('s.1', [execute('trace', "INSERT INTO public.trace SELECT pg_catalog.current_setting('synchronous_commit')")]), context(one.run), SILENT)).toMatchObject({ outcome: 'applied' });
    expect((await one.session.client.query('select step from public.trace')).rows).toEqual([{ step: 'on' }]);
  });

  test('a backslash in a step is a backslash, whatever the database has set', async () => {
    const one = await bench(major);
    await one.session.client.query('set standard_conforming_strings = off');
    expect(await executeStep(one.session, smallStep('s.1', [execute('trace', String.raw`INSERT INTO public.trace VALUES ('a\b')`)]), context(one.run), SILENT)).toMatchObject({ outcome: 'applied' });
    expect((await one.session.client.query('select step from public.trace')).rows).toEqual([{ step: String.raw`a\b` }]);
  });

  test('the server notices that the worker is gone', async () => {
    expect((await bench(major)).session.noticesLoss).toBe(true);
  });

  test('a lock that is held is given up within the limit, with its holder', () => promptly(async (within) => {
    const one = await bench(major);
    const holder = await one.database.client('operator');
    await holder.query('begin; lock table public.parcel in access share mode');
    const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid');
    const begun = Date.now();
    const outcome = await executeStep(one.session, smallStep('s.1', [execute('lock', 'LOCK TABLE public.parcel IN ACCESS EXCLUSIVE MODE')]), context(one.run), SILENT);
    expect(outcome).toMatchObject({ outcome: 'lock_timeout', forWhat: 'ACCESS EXCLUSIVE on public.parcel', blockers: [{ pid: rows[0]?.pid, application: 'test', state: 'idle in transaction' }] });
    within(900, Date.now() - begun);
    expect(await readStep(one.session.client, one.run.runId, 's.1')).toBeNull();
  }));

  test('the command that a person is shown ends the session in the way, and none that got its pid later', async () => {
    const one = await bench(major);
    const holder = await one.database.client('operator');
    await holder.query('begin; lock table public.parcel in access share mode');
    const lock = smallStep('s.1', [execute('lock', 'LOCK TABLE public.parcel IN ACCESS EXCLUSIVE MODE')]);
    const outcome = await executeStep(one.session, lock, context(one.run), SILENT);
    const [blocker] = outcome.outcome === 'lock_timeout' ? outcome.blockers : [];
    if (!blocker) throw new Error('nobody is in the way');
    const admin = await one.database.client();
    expect((await admin.query(endingSql({ ...blocker, began: '2020-01-01 00:00:00.000000+00' }) ?? '')).rows).toEqual([]);
    expect((await admin.query(endingSql(blocker) ?? '')).rows).toEqual([{ pg_terminate_backend: true }]);
    await expect(holder.query('select')).rejects.toThrow();
    expect(await executeStep(one.session, lock, context(one.run), SILENT)).toMatchObject({ outcome: 'applied' });
  });
});

test('COMMIT is not believed when its tag says ROLLBACK', async () => {
  const one = await bench();
  // A statement that fails behind the executor's back: the transaction is dead, and COMMIT ends it without an error.
  const spoil = at('before_commit', () => void one.session.client.query('select 1/0').catch(() => undefined));
  const outcome = await executeStep(one.session, TRACE, context(one.run, { reach: spoil }), SILENT);
  expect(outcome).toMatchObject({ outcome: 'failed', sentence: 'The database answered COMMIT with ROLLBACK: the transaction had failed before, and nothing of the step stands.' });
  expect(await count(one)).toBe(0);
  expect(await readStep(one.session.client, one.run.runId, 's.1')).toBeNull();
});

test('an earlier attempt is fenced, and a takeover waits for its step in flight', async () => {
  const one = await bench();
  const heir = await open(one.database, { ...one.run, attempt: 2 });
  const gate = await one.database.client();
  await gate.query('select pg_advisory_lock(7)');
  const slow = executeStep(one.session, smallStep('s.1', [execute('trace', "INSERT INTO public.trace VALUES ('s.1')"), execute('wait', 'DO $$ BEGIN WHILE NOT pg_try_advisory_xact_lock(7) LOOP PERFORM pg_sleep(0.02); END LOOP; END $$')]), context(one.run), SILENT);
  await waitsFor(one, 'PgSleep');
  const taken = takeOverRun(heir.client, { ...one.run, attempt: 2 });
  await waitsFor(one, 'Lock', heir);
  await gate.query('select pg_advisory_unlock(7)');
  expect([await taken, (await slow).outcome]).toEqual([true, 'applied']);
  expect((await executeStep(one.session, smallStep('s.2', TRACE.statements), context(one.run), SILENT)).outcome).toBe('fenced');
  expect(await takeOverRun(one.session.client, one.run)).toBe(false);
  expect(await count(one)).toBe(1);
});

test('two executors of one step: the second waits for the first and finds its row', async () => {
  const one = await bench();
  const other = await open(one.database, one.run);
  const step = smallStep('s.1', [execute('trace', "INSERT INTO public.trace VALUES ('s.1')"), execute('sleep', 'SELECT pg_sleep(0.1)')]);
  const outcomes = await Promise.all([executeStep(one.session, step, context(one.run), SILENT), executeStep(other, step, context(one.run), SILENT)]);
  expect(outcomes.map((outcome) => outcome.outcome).sort()).toEqual(['already_applied', 'applied']);
  expect(await count(one)).toBe(1);
});

test('one session per database holds the lock of Countersign', async () => {
  const one = await bench();
  const other = await open(one.database, one.run);
  expect([await tryTargetLock(one.session), await tryTargetLock(other)]).toEqual([true, false]);
  await closeRunSession(one.session);
  await expect.poll(() => tryTargetLock(other)).toBe(true);
});

test.each(['COMMIT', '-- quietly\n rollback', '/* x */ BEGIN', 'SAVEPOINT a', 'prepare transaction \'x\'', 'END'])('a statement that ends the transaction is refused before anything is sent: %s', async (sql) => {
  const one = await bench();
  const outcome = await executeStep(one.session, smallStep('s.1', [...TRACE.statements, execute('sneak', sql)]), context(one.run), SILENT);
  expect(outcome).toMatchObject({ outcome: 'failed', sentence: 'The statement “sneak” begins or ends a transaction, which a step may not.' });
  expect(await count(one)).toBe(0);
});

test('two statements in one text are refused by the server, and nothing of them stands', async () => {
  const one = await bench();
  const outcome = await executeStep(one.session, smallStep('s.1', [execute('two', "INSERT INTO public.trace VALUES ('a'); COMMIT")]), context(one.run), SILENT);
  expect(outcome).toMatchObject({ outcome: 'failed' });
  expect(outcome.outcome === 'failed' ? outcome.sentence : '').toContain('syntax error (42601)');
  expect(await count(one)).toBe(0);
});

test('nothing is changed when the start of a step cannot be recorded', async () => {
  const one = await bench();
  const report: StepReport = { ...SILENT, started: () => Promise.reject(new Error('the control database is away')) };
  await expect(executeStep(one.session, TRACE, context(one.run), report)).rejects.toThrow('the control database is away');
  expect(await count(one)).toBe(0);
  expect((await executeStep(one.session, TRACE, context(one.run), SILENT)).outcome).toBe('applied');
});

test('the start of a step is reported before anything is changed, with the xid that its ledger row carries', async () => {
  const one = await bench();
  const seen: string[] = [];
  const report: StepReport = { ...SILENT, started: async ({ xid, pid }) => void seen.push(xid ?? '', String(pid), String(await count(one))), statement: () => void seen.push('statement') };
  const outcome = await executeStep(one.session, TRACE, context(one.run), report);
  expect(seen).toEqual([outcome.outcome === 'applied' ? outcome.xid : '', String(one.session.pid), '0', 'statement']);
});

test('a constraint that fails at COMMIT is a failure with a sentence, not in doubt', async () => {
  const one = await bench();
  await one.session.client.query('create table public.child (id integer references public.parcel deferrable initially deferred)');
  const outcome = await executeStep(one.session, smallStep('s.1', [execute('orphan', 'INSERT INTO public.child VALUES (7)')]), context(one.run), SILENT);
  expect(outcome).toMatchObject({ outcome: 'failed', sentence: 'The statement “commit” was refused by the database: foreign key violation (23503), constraint “child_id_fkey”, table public.child. The step was rolled back; nothing of it stands.' });
});

test('a socket that breaks leaves the step in doubt, and the ledger tells', async () => {
  const one = await bench();
  const admin = await one.database.client();
  const cut = executeStep(one.session, smallStep('s.1', [...TRACE.statements, execute('sleep', 'SELECT pg_sleep(20)')]), context(one.run), SILENT);
  await waitsFor(one, 'PgSleep');
  await admin.query('select pg_terminate_backend($1)', [one.session.pid]);
  expect(await cut).toEqual({ outcome: 'in_doubt' });
  const again = await open(one.database, one.run);
  expect(await readStep(again.client, one.run.runId, 's.1')).toBeNull();
  expect((await executeStep(again, TRACE, context(one.run), SILENT)).outcome).toBe('applied');
});

test('a copy goes in growing batches and tells rows done of total', async () => {
  const one = await bench();
  await one.session.client.query("insert into public.parcel select i, 'p' from generate_series(1, 20000) i; create table public.copied (id integer)");
  const told: [number, number | null][] = [];
  const sql = 'WITH b AS (SELECT id FROM public.parcel WHERE $1::text IS NULL OR id > $1::int ORDER BY id LIMIT $2::int), i AS (INSERT INTO public.copied SELECT id FROM b) SELECT count(*)::int AS rows, max(id)::text AS last FROM b';
  const step = smallStep('s.1', [{ do: 'copy', label: 'copy', sql, totalSql: 'SELECT count(*) FROM public.parcel' }]);
  const outcome = await executeStep(one.session, step, context(one.run), { ...SILENT, progress: (_label, done, total) => void told.push([done, total]) });
  expect(outcome).toMatchObject({ outcome: 'applied', result: { rows: 20_000 } });
  expect(told.slice(0, 3)).toEqual([[0, 20_000], [1_000, 20_000], [3_000, 20_000]]);
  expect(told.at(-1)).toEqual([20_000, 20_000]);
  expect(await count(one, 'public.copied')).toBe(20_000);
});

test('a copy that does not move on is stopped instead of going round for ever', async () => {
  const one = await bench();
  const step = smallStep('s.1', [{ do: 'copy', label: 'copy', sql: "SELECT 1 AS rows, 'x' AS last WHERE $1::text IS NULL OR $2::int > 0", totalSql: 'SELECT 1' }]);
  const outcome = await executeStep(one.session, step, context(one.run), SILENT);
  expect(outcome.outcome === 'failed' ? outcome.sentence : '').toContain('does not move on');
});

function assert(label: string, sql: string, expect: Extract<Step['statements'][number], { do: 'assert' }>['expect']): Step['statements'][number] {
  return { do: 'assert', label, sql, expect };
}

test('assertions compare texts: a boolean, a number, a query, a measured value; what was not measured does not hold', async () => {
  const one = await bench();
  const step = smallStep('s.1', [
    assert('boolean', 'SELECT 1 = 1', { from: 'literal', value: 'true' }),
    assert('count', 'SELECT count(*) FROM public.trace', { from: 'sql', sql: 'SELECT 0::bigint' }),
    assert('null', 'SELECT NULL::text', { from: 'literal', value: 'null' }),
    assert('measured', 'SELECT 5', { from: 'evidence', check: 'rows:x', field: 'rows' }),
    assert('not measured', 'SELECT 5', { from: 'evidence', check: 'rows:y', field: 'rows' }),
  ]);
  const outcome = await executeStep(one.session, step, context(one.run, { evidenced: (expectation) => (expectation.check === 'rows:x' ? '5' : null) }), SILENT);
  expect(outcome).toMatchObject({ outcome: 'assertion_failed', sentence: '“not measured” is 5, and what it should be was not measured. The step was rolled back; nothing of it stands.' });
  expect(outcome.outcome === 'assertion_failed' ? outcome.assertions.map((one) => one.ok) : []).toEqual([true, true, true, true, false]);
});

test('a statement over its time limit is named with the limit; one cancelled by somebody else is told apart', async () => {
  const one = await bench();
  const nap = smallStep('s.1', [execute('nap', 'SELECT pg_sleep(5)')]);
  const timed = await executeStep(one.session, nap, context(one.run, { limits: { ...STEP_LIMITS, statementMs: 1_000 } }), SILENT);
  expect(timed).toMatchObject({ outcome: 'failed', sentence: 'The statement “nap” was stopped: it ran longer than 1 s. The step was rolled back; nothing of it stands.' });
  const cancelled = executeStep(one.session, nap, context(one.run), SILENT);
  await waitsFor(one, 'PgSleep');
  await (await one.database.client()).query('select pg_cancel_backend($1)', [one.session.pid]);
  expect(await cancelled).toMatchObject({ outcome: 'failed', sentence: 'The statement “nap” was stopped: somebody cancelled it in the database. The step was rolled back; nothing of it stands.' });
});

test('a lock under a snapshot that is older than it is refused', async () => {
  const one = await bench();
  const step: Step = { ...smallStep('s.1', [execute('lock', 'LOCK TABLE public.parcel IN SHARE MODE')]), isolation: 'repeatable read' };
  expect(await executeStep(one.session, step, context(one.run), SILENT)).toMatchObject({ outcome: 'failed', sentence: 'The step locks a table under repeatable read: rows written before the lock would be missed.' });
});

test('names in a plan resolve in pg_catalog only, whatever the role has set', async () => {
  const one = await bench();
  await one.session.client.query('set search_path = public');
  const outcome = await executeStep(one.session, smallStep('s.1', [execute('unqualified', "INSERT INTO trace VALUES ('x')")]), context(one.run), SILENT);
  expect(outcome.outcome === 'failed' ? outcome.sentence : '').toContain('a table does not exist (42P01)');
});
