import { expect, test } from 'vitest';
import type { StepProgress } from '#lib/pipeline/run.ts';
import { benchStep, stepBench, type StepBench } from '#lib/testing/step-bench.ts';
import { resolveStep } from './resolve.ts';

const FIRST = benchStep('s.1', { statements: [{ do: 'execute', label: 'first', sql: "INSERT INTO public.trace VALUES ('s.1')" }] });
const SECOND = benchStep('s.2', { statements: [{ do: 'execute', label: 'second', sql: "INSERT INTO public.trace VALUES ('s.2')" }] });

/** In doubt, with the number of a transaction that somebody else has committed: after a crash the server gives numbers again that had not reached its disk. */
async function inDoubt(bench: StepBench): Promise<StepProgress> {
  const { rows } = await (await bench.database.client()).query<{ xid: string }>('select pg_current_xact_id()::text as xid');
  return { step: SECOND.id, state: 'in_doubt', pid: bench.session.pid, backendStart: bench.session.backendStart, xid: rows[0]?.xid ?? null } as StepProgress;
}

test('a number that the server gave again after a crash is no proof: without its row the step is absent, and may be done', async () => {
  const bench = await stepBench(15, 'create table public.trace (step text)');
  expect(await bench.run1(FIRST)).toMatchObject({ outcome: 'applied' });
  expect(await resolveStep(bench.session, bench.run, SECOND, await inDoubt(bench), [FIRST.id])).toMatchObject({ type: 'step_absent', step: SECOND.id });
  expect(await bench.run1(SECOND)).toMatchObject({ outcome: 'applied' });
});

test('a ledger without a step that was applied is another database’s: the run stops and names the step', async () => {
  const bench = await stepBench(15, 'create table public.trace (step text)');
  const event = await resolveStep(bench.session, bench.run, SECOND, await inDoubt(bench), [FIRST.id]);
  expect(event).toMatchObject({ type: 'step_failed', step: SECOND.id, sentence: expect.stringContaining(FIRST.id) });
});
