import { randomUUID } from 'node:crypto';
import { expect, inject, test, vi } from 'vitest';
import { decideDeltaSpec, readAgainSpec } from '#lib/dal/commands/compare.ts';
import { checkDraftSpec, comparePlanWithSpec } from '#lib/dal/commands/draft-checks.ts';
import { editPlanSpec } from '#lib/dal/commands/plan-edits.ts';
import { createPlanSpec } from '#lib/dal/commands/plans.ts';
import { importRunbookSpec } from '#lib/dal/commands/runbooks.ts';
import { draftAnswer, draftCheckDto } from '#lib/dal/draft-dto.ts';
import type { DraftCheckDto } from '#lib/dal/dto/draft-check.ts';
import { NOTHING_CHECKED } from '#lib/pipeline/draft-check.ts';
import { differences, isNoise } from '#lib/pipeline/noise.ts';
import { claimDraftCheck, endDraftCheck, latestDraftCheck, loadDraftCheck, noteDraftCheck, type StoredDraftCheck } from '#lib/store/draft-checks.ts';
import { release, type WorkClaim } from '#lib/store/lease.ts';
import { findPerson } from '#lib/store/people.ts';
import { latestSnapshot } from '#lib/store/snapshots.ts';
import { act, done } from '#lib/testing/acting.ts';
import { chosenDeltas, facts, SIDES } from '#lib/testing/bazaar-plan.ts';
import { carryOut } from '#lib/testing/journey.ts';
import { startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';

/** Another server than the one with the databases under review, and another major version. */
function scratchUrl(): string {
  const server = inject('servers')[18];
  if (!server) throw new Error('no Postgres 18 was started for the tests');
  return `postgres://postgres:${server.password}@127.0.0.1:${server.port}/postgres`;
}

async function world(): Promise<World> {
  return { ...(await freshWorld()), sources: { scratchUrl: scratchUrl(), migrations: [] } };
}

async function checked(one: World, planId: string): Promise<StoredDraftCheck> {
  for (let tries = 0; tries < 900; tries += 1) {
    const now = await latestDraftCheck(one.db, planId);
    if (now?.endedAt) return now;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(JSON.stringify(await latestDraftCheck(one.db, planId)));
}

async function seen(one: World, planId: string): Promise<DraftCheckDto> {
  const person = await findPerson(one.db, one.people.author.id);
  if (!person) throw new Error('nobody');
  return draftCheckDto(one.db, await facts(one, planId), person, { databases: one.databases.map(({ name }) => name), sources: one.sources ?? { scratchUrl: null, migrations: [] } });
}

test('after the Bazaar plan prod equals dev but for what people decided; begun by the worker itself, without touching prod, and outdated when prod moves', async () => {
  const one = await world();
  await done(act(one, 'author', readAgainSpec, SIDES));
  const chosen = await chosenDeltas(one);
  const [current, desired] = [await latestSnapshot(one.db, SIDES.current), await latestSnapshot(one.db, SIDES.desired)];
  if (!current || !desired) throw new Error('not read');
  const others = differences(current.snapshot, desired.snapshot).filter((delta) => !isNoise(delta) && !chosen.includes(delta.id)).map((delta) => delta.id);
  await done(act(one, 'author', decideDeltaSpec, { ...SIDES, deltaId: others, verdict: 'not_needed', reason: 'we use NextAuth' }));
  const { to } = await done(act(one, 'author', createPlanSpec, { ...SIDES, deltaId: chosen, name: 'Bazaar', windowHours: '48' }));
  const planId = to?.split('/').at(-1) ?? '';
  const worker = startWorker(one, { scratchUrl: scratchUrl() });
  const check = await checked(one, planId);
  await worker.stop();
  expect(check).toMatchObject({ state: 'equal', requestedBy: null, version: 1, content: { broken: null, unread: [], counts: { decided: others.length, brought: 0, unsettled: 0, left: 0 } } });
  expect(check.sentence).toBe(`After this plan bazaar_prod equals bazaar_dev except for ${others.length} differences that people decided on.`);
  const dto = await seen(one, planId);
  expect(dto).toMatchObject({ side: 'bazaar_dev', offered: true, last: { outdated: null } });
  expect(dto.last?.differences.map(({ cause, what, href }) => [cause, what, href])).toContainEqual(['decided', 'schema auth', '/compare?current=bazaar_prod&desired=bazaar_dev&object=schema%3Aauth']);
  const client = await one.prod.client('operator');
  await client.query('create table public.later ()');
  await done(act(one, 'author', readAgainSpec, SIDES));
  expect((await seen(one, planId)).last?.outdated).toBe('The target has another schema since.');
  expect(await draftAnswer(one.db, await facts(one, planId))).toMatchObject({ state: 'equal', comparedWith: 'bazaar_dev', remaining: 0, outdated: 'The target has another schema since.' });
});

const RUNBOOK = `# Notes on exports

## Phase 1: The key

\`\`\`sql
ALTER TABLE export_note ADD CONSTRAINT export_note_export FOREIGN KEY (export_id) REFERENCES "bazaar-vid_exports" (id);
\`\`\`

## Phase 2: The table

\`\`\`sql
CREATE TABLE export_note (id int PRIMARY KEY, export_id text NOT NULL);
INSERT INTO export_note SELECT 1, 'no such export';
SELECT count(*) FROM "bazaar-vid_exports"; -- 134 rows
\`\`\`
`;

test('a runbook whose order cannot work is stopped at its step, by name; in the right order rows that are not there stop nothing, and what it does not cover is counted', async () => {
  const one = await world();
  await done(act(one, 'author', readAgainSpec, SIDES));
  const importing = async (text: string): Promise<string> => {
    const { to } = await done(act(one, 'author', importRunbookSpec, { target: 'bazaar_prod', desired: '', name: 'Notes', textName: 'notes.md', text, windowHours: '48' }));
    return to?.split('/').at(-1) ?? '';
  };
  const wrong = await importing(RUNBOOK);
  expect(await act(one, 'author', checkDraftSpec, { planId: wrong, version: 1 })).toMatchObject({ status: 'refused', sentence: 'Choose first what the plan is to be compared with.' });
  expect(await seen(one, wrong)).toMatchObject({ side: null, offered: false, choices: ['bazaar_dev'], last: null });
  expect(await act(one, 'author', comparePlanWithSpec, { planId: wrong, version: 1, side: 'bazaar_prod' })).toMatchObject({ status: 'refused' });
  const towardsDev = async (planId: string) => done(act(one, 'author', comparePlanWithSpec, { planId, version: (await facts(one, planId)).stored.version, side: 'bazaar_dev' }));
  await towardsDev(wrong);
  const [, first = '', second = ''] = RUNBOOK.split(/(?=## Phase)/);
  const right = await importing(`# Notes\n\n${second}\n${first}`);
  await towardsDev(right);
  const worker = startWorker(one, { scratchUrl: scratchUrl() });
  const stopped = await checked(one, wrong);
  expect(stopped.state).toBe('failed');
  expect(stopped.sentence).toMatch(/^On an empty clone of bazaar_prod this plan stops in phase 1, step “.*”: .*\(42P01\)\. The server says: relation "export_note" does not exist\.$/);
  const went = await checked(one, right);
  expect(went).toMatchObject({ state: 'differs', content: { broken: null, counts: { brought: 1, unsettled: 0, decided: 0 } } });
  expect(went.content.differences[0]).toMatchObject({ cause: 'brought', deltaId: 'remove:table:public.export_note' });
  expect(went.sentence).toMatch(/^After this plan bazaar_prod equals bazaar_dev except for \d+ differences: 1 that it brings itself, \d+ that it does not cover\.$/);

  // A phase stands: what is left is carried out on the target as it is by then.
  const [table] = (await facts(one, right)).stored.plan.phases;
  await carryOut(one, right, table?.id ?? '');
  expect(await seen(one, right)).toMatchObject({ offered: true, whyNot: null, last: { outdated: 'A phase of this plan has been run since.' } });
  await done(act(one, 'author', checkDraftSpec, { planId: right, version: 1 }));
  const rest = await checked(one, right);
  expect(rest).toMatchObject({ state: 'differs', content: { broken: null, standing: [table?.id], counts: { brought: 0, unsettled: 0 } } });
  expect(rest.sentence).toMatch(/^After the rest of this plan, phase 2, bazaar_prod equals bazaar_dev except for \d+ differences that it does not cover\.$/);
  expect((await seen(one, right)).last?.outdated).toBeNull();
  await worker.stop();

  // Nobody else takes what a living worker carries on; what a dead one left is taken up, and it has no more say in it.
  await done(act(one, 'author', checkDraftSpec, { planId: right, version: 1 }));
  const dead = await claimed(one);
  expect(await claimDraftCheck(one.db, randomUUID())).toBeNull();
  await silent(one, dead);
  const again = await claimed(one);
  expect([again.id, again.attempt]).toEqual([dead.id, 2]);
  expect(await noteDraftCheck(one.db, dead)).toBe('lost');
  expect(await one.db.transaction().execute((trx) => endDraftCheck(trx, dead, 'equal', 'All is well.', NOTHING_CHECKED))).toBe(false);
  await silent(one, again);
  await silent(one, await claimed(one));
  startWorker(one, { scratchUrl: scratchUrl() });
  expect(await checked(one, right)).toMatchObject({ id: dead.id, attempt: 4, state: 'refused', sentence: '3 times the worker went away while it checked this draft. It is not begun again by itself.' });
});

async function claimed(one: World): Promise<WorkClaim> {
  const claim = await claimDraftCheck(one.db, randomUUID());
  if (!claim) throw new Error('nothing to claim');
  return claim;
}

/** Its worker says nothing more, as if it had died long ago. */
async function silent(one: World, { id }: WorkClaim): Promise<void> {
  await one.db.updateTable('draft_check').set({ heartbeat_at: new Date(0) }).where('id', '=', id).execute();
}

test('a newer version ends the check of the one before, also of one under way, and is checked instead', async () => {
  const one = await world();
  await done(act(one, 'author', readAgainSpec, SIDES));
  const { to } = await done(act(one, 'author', importRunbookSpec, { target: 'bazaar_prod', desired: 'bazaar_dev', name: 'Notes', textName: 'notes.md', text: RUNBOOK, windowHours: '48' }));
  const planId = to?.split('/').at(-1) ?? '';
  await done(act(one, 'author', checkDraftSpec, { planId, version: 1 }));
  const first = await claimed(one);
  expect(await noteDraftCheck(one.db, first)).toBe('held');
  const { plan } = (await facts(one, planId)).stored;
  await done(act(one, 'author', editPlanSpec, { planId, version: 1, operation: 'remove_phase', phaseId: plan.phases[0]?.id ?? '' }));
  expect(await noteDraftCheck(one.db, first)).toBe('older');
  await silent(one, first);
  startWorker(one, { scratchUrl: scratchUrl() });
  await vi.waitUntil(async () => (await loadDraftCheck(one.db, first.id))?.endedAt, { timeout: 10_000 });
  expect(await loadDraftCheck(one.db, first.id)).toMatchObject({ state: 'superseded', sentence: 'A newer version of the plan was saved meanwhile.' });
  const newer = await checked(one, planId);
  expect(newer).toMatchObject({ version: 2, requestedBy: null, state: 'differs' });
});

test('workers that are told to stop, or make way for a run, may be as many as they like: only one that fell silent counts', async () => {
  const one = await world();
  await done(act(one, 'author', readAgainSpec, SIDES));
  const { to } = await done(act(one, 'author', importRunbookSpec, { target: 'bazaar_prod', desired: 'bazaar_dev', name: 'Notes', textName: 'notes.md', text: RUNBOOK, windowHours: '48' }));
  const planId = to?.split('/').at(-1) ?? '';
  await done(act(one, 'author', checkDraftSpec, { planId, version: 1 }));
  await silent(one, await claimed(one));
  await silent(one, await claimed(one));
  for (let times = 0; times < 4; times += 1) {
    const claim = await claimed(one);
    expect([claim.attempt, claim.lost]).toEqual([times + 3, 2]);
    await release(one.db, 'draft_check', claim);
  }
  startWorker(one, { scratchUrl: scratchUrl() });
  expect(await checked(one, planId)).toMatchObject({ attempt: 7, state: 'failed', content: { broken: { sentence: expect.stringContaining('export_note') } } });
});
