import { expect, test } from 'vitest';
import { confirmStepSpec } from '#lib/dal/commands/confirm-step.ts';
import { goOnSpec } from '#lib/dal/commands/go-on.ts';
import { measurePhaseSpec } from '#lib/dal/commands/review.ts';
import { executePhaseSpec } from '#lib/dal/commands/runs.ts';
import { priceRollback } from '#lib/dal/rollback-price.ts';
import { readStep } from '#lib/pg/ledger.ts';
import type { Step } from '#lib/pipeline/plan.ts';
import type { ManualWork } from '#lib/pipeline/step-kinds/manual.ts';
import { listAudit } from '#lib/store/audit.ts';
import { requestCancel, setPace } from '#lib/store/runs.ts';
import { act, done } from '#lib/testing/acting.ts';
import { approve, phaseNow } from '#lib/testing/bazaar-plan.ts';
import { env, rollBack } from '#lib/testing/journey.ts';
import { promptly } from '#lib/testing/promptly.ts';
import { endedRun, execute, requestSmallRollback, smallStep, startSmallRun, tracedSteps, viewOf } from '#lib/testing/small-run.ts';
import { spawnWorker, startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';

const work = (instruction: string): ManualWork => ({ kind: 'manual', instruction, command: 'systemctl stop exporter' });
const asking = (id: string, change: Partial<Step> = {}): Step => ({ ...smallStep(id, []), title: 'Stop the exporter', locks: [], work: work('Stop the exporter on both machines.'), ...change });
const ONE_TRACE = { verifications: [{ label: 'traces', sql: 'SELECT count(*) FROM public.trace', expect: { from: 'literal' as const, value: '1' } }] };

type Started = Awaited<ReturnType<typeof startSmallRun>>;

async function waits(world: World, { plan, runId }: Started, step: string): Promise<void> {
  await expect.poll(async () => (await viewOf(world, plan, runId)).steps.find((one) => one.step === step)?.waiting?.forWhat, { timeout: 20_000 }).toBe('a person: Stop the exporter');
}

test('a run waits for a person with nothing in its hands, takes the answer of an operator only, once, and goes on within a second', () => promptly(async (within) => {
  const world = await freshWorld();
  const started = await startSmallRun(world, [asking('small.1', { statements: [{ do: 'assert', label: 'parcels', sql: 'SELECT count(*) FROM public.parcel', expect: { from: 'literal', value: '3000' } }] }), ...tracedSteps(2).slice(1)], ONE_TRACE);
  startWorker(world);
  await waits(world, started, 'small.1');
  expect(await world.db.selectFrom('notice').select(['event', 'run_id', 'reason']).where('event', '=', 'person_wanted').execute()).toEqual([{ event: 'person_wanted', run_id: started.runId, reason: 'Stop the exporter: Stop the exporter on both machines.' }]);
  const client = await world.prod.client('superuser');
  const held = await client.query(`select a.state, a.xact_start, array(select l.locktype from pg_locks l where l.pid = a.pid) as locks from pg_stat_activity a where a.application_name = $1`, [`countersign run ${started.runId} 1`]);
  expect(held.rows).toEqual([{ state: 'idle', xact_start: null, locks: ['advisory'] }]);

  const fields = { runId: started.runId, step: 'small.1', verdict: 'done', note: 'stopped at 16:20, both machines' };
  expect(await act(world, 'viewer', confirmStepSpec, fields)).toMatchObject({ status: 'refused', code: 'not_allowed' });
  expect(await act(world, 'operator', confirmStepSpec, { ...fields, note: '  ' })).toMatchObject({ status: 'refused', code: 'invalid_input' });
  expect(await act(world, 'operator', confirmStepSpec, { ...fields, step: 'small.2' })).toMatchObject({ status: 'refused', code: 'step_not_waiting' });
  // The rule stands in the control database too, whoever writes there.
  const app = await world.control.client('app');
  const insert = (person: string, step: string) => app.query(`insert into manual_confirmation (run_id, step_id, person_id, verdict, note) values ($1, $2, $3, 'done', 'x')`, [started.runId, step, person]);
  await expect(insert(world.people.approver.id, 'small.1')).rejects.toMatchObject({ code: 'CS003' });
  await expect(insert(world.people.operator.id, 'small.2')).rejects.toMatchObject({ code: 'CS022' });
  await expect(insert(world.people.operator.id, 'small.1')).rejects.toMatchObject({ code: 'CS011' });

  const since = Date.now();
  expect((await done(act(world, 'operator', confirmStepSpec, fields))).sentence).toBe('Noted. The run goes on.');
  await expect.poll(async () => (await viewOf(world, started.plan, started.runId)).steps[0]?.state, { interval: 20 }).toBe('applied');
  within(1_500, Date.now() - since);
  expect(await act(world, 'operator', confirmStepSpec, fields)).toMatchObject({ status: 'refused' });
  expect(await endedRun(world, started.runId)).toMatchObject({ state: 'applied', attempt: 1 });
  const facts = [{ label: 'done by', value: world.people.operator.name }, { label: 'note', value: fields.note }, { label: 'at', value: expect.stringMatching(/^\d{4}-.* UTC$/) }];
  expect((await viewOf(world, started.plan, started.runId)).steps[0]).toMatchObject({ facts, assertions: [{ ok: true }], answer: { verdict: 'done' } });
  expect((await readStep(client, started.runId, 'small.1'))?.result).toMatchObject({ facts });
  expect((await listAudit(world.db, { planId: started.plan.id, action: 'confirm step' }, 5)).map((entry) => entry.reason)).toEqual([fields.note]);
  await expect(app.query('update manual_confirmation set note = note')).rejects.toMatchObject({ code: '42501' });
}));

test('a worker killed with SIGKILL while it waits: an answer that was given meanwhile is found by the next one', async () => {
  const world = await freshWorld();
  const started = await startSmallRun(world, [asking('small.1'), ...tracedSteps(2).slice(1)], ONE_TRACE);
  const first = spawnWorker(world);
  await waits(world, started, 'small.1');
  first.child.kill('SIGKILL');
  expect(await first.ended).toBe('SIGKILL');
  await done(act(world, 'operator', confirmStepSpec, { runId: started.runId, step: 'small.1', verdict: 'done', note: 'done while nobody watched' }));
  await world.db.updateTable('run').set({ heartbeat_at: null }).where('id', '=', started.runId).execute();
  startWorker(world);
  expect(await endedRun(world, started.runId)).toMatchObject({ state: 'applied', attempt: 2 });
  expect((await viewOf(world, started.plan, started.runId)).steps[0]).toMatchObject({ state: 'applied', answer: { note: 'done while nobody watched' } });
});

test('what could not be done ends the run and says why; what stands can be taken back, and the way back asks a person as well', async () => {
  const world = await freshWorld();
  const [traced] = tracedSteps(1);
  if (!traced) throw new Error('no step');
  const started = await startSmallRun(world, [{ ...traced, undoWork: work('Start the exporter again.'), title: 'Stop the exporter' }, asking('small.2')]);
  startWorker(world);
  await waits(world, started, 'small.2');
  await done(act(world, 'operator', confirmStepSpec, { runId: started.runId, step: 'small.2', verdict: 'not_done', note: 'no access to the second machine' }));
  expect(await endedRun(world, started.runId)).toMatchObject({ state: 'failed', sentence: `${world.people.operator.name} said that it could not be done: no access to the second machine` });
  const back = await requestSmallRollback(world, started.plan, started.runId);
  const wayBack = { ...started, runId: back };
  await expect.poll(async () => (await viewOf(world, started.plan, back)).steps.find((one) => one.step === 'small.1')?.waiting?.forWhat, { timeout: 20_000 }).toBe('a person: Undo: Stop the exporter');
  const traces = async () => (await (await world.prod.client('superuser')).query('select count(*)::int as n from public.trace')).rows[0];
  expect(await traces()).toEqual({ n: 1 });
  await done(act(world, 'operator', confirmStepSpec, { runId: wayBack.runId, step: 'small.1', verdict: 'done', note: 'runs again' }));
  expect(await endedRun(world, back)).toMatchObject({ state: 'applied' });
  expect(await traces()).toEqual({ n: 0 });
});

test('cancel ends the wait within a second, and an answer given while the run is paused counts when it goes on', () => promptly(async (within) => {
  const world = await freshWorld();
  const started = await startSmallRun(world, [asking('small.1'), asking('small.2'), smallStep('small.3', [execute('trace', "INSERT INTO public.trace (step) VALUES ('small.3')")])], ONE_TRACE);
  startWorker(world);
  await waits(world, started, 'small.1');
  await world.db.transaction().execute((trx) => setPace(trx, started.runId, world.people.operator, 0, ''));
  expect((await done(act(world, 'operator', confirmStepSpec, { runId: started.runId, step: 'small.1', verdict: 'done', note: 'ok' }))).sentence).toContain('paused');
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect((await viewOf(world, started.plan, started.runId)).steps[0]?.state).not.toBe('applied');
  await world.db.transaction().execute((trx) => setPace(trx, started.runId, world.people.operator, 100, ''));
  await waits(world, started, 'small.2');
  const since = Date.now();
  await world.db.transaction().execute((trx) => requestCancel(trx, started.runId, world.people.operator, 'enough'));
  expect(await endedRun(world, started.runId)).toMatchObject({ state: 'cancelled', sentence: 'Cancelled after 1 of 3 steps; nothing was changed that stands.' });
  within(1_500, Date.now() - since);
}));

test('what nothing takes back stays, by name: a rollback takes back the rest, and an author goes on after it with a version that is signed and run', async () => {
  const world = await freshWorld();
  const [traced] = tracedSteps(1);
  if (!traced) throw new Error('no step');
  const final: Step = { ...smallStep('small.2', [execute('mark', `INSERT INTO public.trace (step) VALUES ('for good')`)]), title: 'Tell the others', hazards: [{ code: 'NOT_REVERSIBLE', sentence: 'They know.' }] };
  const two = { ...ONE_TRACE.verifications[0], expect: { from: 'literal' as const, value: '2' }, label: 'traces', sql: 'SELECT count(*) FROM public.trace' };
  const started = await startSmallRun(world, [traced, final, asking('small.3')], { kind: 'written', pointOfNoReturn: true, verifications: [two] });
  const { plan, runId } = started;
  const where = { planId: plan.id, phaseId: 'small', reason: 'the rest can wait' };
  startWorker(world);
  await waits(world, started, 'small.3');
  await done(act(world, 'operator', confirmStepSpec, { runId, step: 'small.3', verdict: 'not_done', note: 'no access' }));
  expect(await endedRun(world, runId)).toMatchObject({ state: 'failed' });
  expect((await phaseNow(world, plan.id, 'small')).standing).toMatchObject({ state: 'partial', standingSteps: ['small.1', 'small.2'] });
  expect(await act(world, 'author', goOnSpec, { ...where, version: 1 })).toMatchObject({ status: 'refused', sentence: expect.stringContaining('Roll the phase back first') });

  expect((await priceRollback({ db: world.db, env: env(world) }, runId)).stays).toEqual(['Tell the others']);
  await rollBack(world, runId);
  const stuck = await phaseNow(world, plan.id, 'small');
  expect([stuck.standing.state, stuck.standing.standingSteps, stuck.stuck]).toEqual(['partial', ['small.2'], ['Tell the others']]);
  await expect(rollBack(world, runId)).rejects.toThrow(/nothing takes back what stands of it: “Tell the others”/);
  await done(act(world, 'author', goOnSpec, { ...where, version: 1 }));
  const rest = await phaseNow(world, plan.id, 'small');
  expect([rest.phase.steps.map(({ id }) => id), rest.phase.left, rest.valid.length]).toEqual([['small.1', 'small.3'], [{ id: 'small.2', title: 'Tell the others' }], 0]);

  await done(act(world, 'author', measurePhaseSpec, { planId: plan.id, version: 2, phaseId: 'small' }));
  await done(approve(world, 'approver', plan.id, 'small'));
  const { digest } = await phaseNow(world, plan.id, 'small');
  const again = (await done(act(world, 'operator', executePhaseSpec, { planId: plan.id, version: 2, phaseId: 'small', digest: digest ?? '' }))).to?.split('/').at(-1) ?? '';
  await expect.poll(async () => (await act(world, 'operator', confirmStepSpec, { runId: again, step: 'small.3', verdict: 'done', note: 'now it is' })).status, { timeout: 20_000 }).toBe('done');
  expect(await endedRun(world, again)).toMatchObject({ state: 'applied' });
});
