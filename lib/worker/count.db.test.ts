import { expect, test } from 'vitest';
import { countExactlySpec, stopCountSpec } from '#lib/dal/commands/counts.ts';
import { executePhaseSpec } from '#lib/dal/commands/runs.ts';
import { countsDto } from '#lib/dal/count-dto.ts';
import { measurePhase } from '#lib/pg/measure.ts';
import { withReader } from '#lib/pg/session.ts';
import { phaseDocumentDigest } from '#lib/pipeline/approval.ts';
import type { Phase, Plan } from '#lib/pipeline/plan.ts';
import { endCount, findCount, type StoredCount } from '#lib/store/exact-counts.ts';
import { saveEvidence } from '#lib/store/evidence.ts';
import { claimOldest } from '#lib/store/lease.ts';
import { findPerson, type Person } from '#lib/store/people.ts';
import { act, done } from '#lib/testing/acting.ts';
import { approve, facts, phaseNow } from '#lib/testing/bazaar-plan.ts';
import { ended } from '#lib/testing/journey.ts';
import { createParcels, PARCEL, smallPlan, storePlan, tracedSteps } from '#lib/testing/small-run.ts';
import { startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';

test('a count that a page cut off is made by a worker with the reader: exact, signed like any other, stopped at a word, begun anew when its worker is gone; and the run that follows does not start where its copy has no room', async () => {
  const world = await freshWorld();
  await createParcels(world);
  const plan = smallPlan(tracedSteps(1), { checks: [{ id: 'rows:public.parcel', kind: 'rows', table: PARCEL }, { id: 'slow', kind: 'violations', table: PARCEL, rules: [{ name: 'parcel_name', what: 'check', sql: 'SELECT count(*) - 1 FROM public.parcel_gate, pg_sleep(seconds)' }] }] });
  const gate = await world.prod.client('operator');
  await gate.query('create table public.parcel_gate (seconds float8); insert into public.parcel_gate values (60)');
  await storePlan(world, plan);
  const fields = { planId: plan.id, version: 1, phaseId: 'small' };
  const phase = onlyPhase(plan);

  // As a page measures, with a shorter patience: what took too long is unknown, and can be counted.
  const cut = await withReader(world.prod.config, (client) => measurePhase(client, phase, { statementTimeoutMs: 300 }));
  await world.db.transaction().execute((trx) => saveEvidence(trx, plan.id, phaseDocumentDigest(phase), cut, world.people.author.id));
  expect(await counts(world, plan)).toMatchObject({ cut: 1, offered: true, last: null });
  expect(await act(world, 'viewer', countExactlySpec, fields)).toMatchObject({ status: 'refused', code: 'not_allowed' });

  // Nobody has taken it yet: it needs no worker to be stopped.
  await done(act(world, 'author', countExactlySpec, fields));
  await done(act(world, 'operator', stopCountSpec, { countId: (await counts(world, plan)).last?.id ?? '' }));
  expect((await counts(world, plan)).last).toMatchObject({ state: 'stopped', sentence: 'Stopped by Operator while no worker had it. What was known before stands.' });

  // Its worker claims it and falls silent: what it would write later is not taken.
  await done(act(world, 'author', countExactlySpec, fields));
  expect(await act(world, 'approver', countExactlySpec, fields)).toMatchObject({ status: 'refused', code: 'count_under_way' });
  const lost = await claimOldest(world.db, 'exact_count', '00000000-0000-4000-8000-000000000000');
  expect(await claimOldest(world.db, 'exact_count', world.people.author.id)).toBeNull();
  await world.db.updateTable('exact_count').set({ heartbeat_at: new Date(Date.now() - 60_000) }).where('id', '=', lost?.id ?? '').execute();
  const first = startWorker(world);
  const asked = await countWhen(world, lost?.id ?? '', (count) => count.content.done === 1);
  expect(asked.content.now).toMatchObject({ asks: 'looks for rows of public.parcel that break a new rule', rows: null });
  const { rows: sessions } = await gate.query<{ name: string; role: string; only: string }>(`select application_name as name, usename as role from pg_stat_activity where query like '%parcel_gate%' and pid <> pg_backend_pid() and datname = current_database()`);
  expect(sessions).toEqual([{ name: 'countersign count for Author', role: 'bazaar_reader' }]);
  expect(lost && (await world.db.transaction().execute((trx) => endCount(trx, lost, { state: 'stopped', sentence: 'too late', evidenceId: null })))).toBe(false);

  await done(act(world, 'operator', stopCountSpec, { countId: asked.id }));
  expect(await countWhen(world, asked.id, (count) => count.endedAt !== null)).toMatchObject({ state: 'stopped', sentence: 'Stopped by Operator. What was known before stands.' });
  expect((await gate.query(`select from pg_stat_activity where application_name like 'countersign count%' and datname = current_database()`)).rowCount).toBe(0);
  await expect(world.db.updateTable('exact_count').set({ sentence: 'other' }).execute()).rejects.toMatchObject({ code: 'CS001' });

  // Counted to the end it is evidence like any other, and in the log.
  await gate.query('update public.parcel_gate set seconds = 0');
  await done(act(world, 'approver', countExactlySpec, fields));
  const counted = await countWhen(world, (await counts(world, plan)).last?.id ?? '', (count) => count.endedAt !== null);
  expect(counted).toMatchObject({ state: 'counted', sentence: 'Counted 2 questions to the end.' });
  expect(await counts(world, plan)).toMatchObject({ cut: 0, offered: false, last: { state: 'counted' } });
  const signed = await phaseNow(world, plan.id, 'small');
  expect(signed.evidence).toMatchObject({ measuredBy: world.people.approver.id, evidence: { measurements: [{ rows: { provenance: 'exact', value: 3_000 } }, { rules: [{ rows: { provenance: 'exact', value: 0 } }] }] } });
  expect((await world.db.selectFrom('audit_entry').select('body').execute()).map((entry) => String(entry.body)).filter((body) => /"action":"count\.(stopped|counted)"/.test(body))).toHaveLength(2);
  await first.stop();

  // A copy that does not fit on the configured volume ends a run before its first step, and the approval stands.
  await done(approve(world, 'approver', plan.id, 'small'));
  startWorker(world, { databases: world.databases.map((database) => ({ ...database, volumeBytes: 1_000 })) });
  const started = await done(act(world, 'operator', executePhaseSpec, { ...fields, digest: (await phaseNow(world, plan.id, 'small')).digest ?? '' }));
  const run = await ended(world, started.to?.split('/').at(-1) ?? '');
  expect(run).toMatchObject({ state: 'refused', sentence: expect.stringMatching(/^The phase writes about .* and there is no room for it\. At most 0 B of 1000 B are free\./) });
  expect((await phaseNow(world, plan.id, 'small')).valid).toHaveLength(1);
});

async function counts(world: World, plan: Plan) {
  const person = await findPerson(world.db, world.people.author.id);
  const found = person && (await shown(world, plan.id, person))['small'];
  if (!found) throw new Error('the plan has no such phase');
  return found;
}

async function shown(world: World, planId: string, person: Person) {
  const one = await phaseNow(world, planId, 'small');
  return countsDto(world.db, await facts(world, planId), [{ phase: one.phase, state: one.standing.state, evidence: one.evidence?.evidence ?? null }], person);
}

async function countWhen(world: World, id: string, fits: (count: StoredCount) => boolean): Promise<StoredCount> {
  for (let tries = 0; tries < 400; tries += 1) {
    const count = await findCount(world.db, id);
    if (count && fits(count)) return count;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(JSON.stringify(await findCount(world.db, id)));
}

function onlyPhase(plan: Plan): Phase {
  const [phase] = plan.phases;
  if (!phase) throw new Error('a small plan has one phase');
  return phase;
}
