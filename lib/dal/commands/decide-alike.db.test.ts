import { beforeEach, expect, test } from 'vitest';
import { orphansAlike, type OpenOrphans } from '#lib/pipeline/orphans-alike.ts';
import { listAudit } from '#lib/store/audit.ts';
import { act, done } from '#lib/testing/acting.ts';
import { approve, facts, makeBazaarPlan, phaseNow } from '#lib/testing/bazaar-plan.ts';
import { freshWorld, type PersonName, type World } from '#lib/testing/world.ts';
import { decideAlikeSpec } from './decide-alike.ts';
import { decideOrphansSpec } from './plans.ts';

let world: World;
let planId: string;
beforeEach(async () => {
  world = await freshWorld();
  planId = await makeBazaarPlan(world);
});

/** What the page offers: both foreign keys with rows without a parent. */
async function open(): Promise<readonly OpenOrphans[]> {
  const { phase, evidence } = await phaseNow(world, planId, 'convert');
  return orphansAlike(phase, evidence?.evidence ?? null)?.open ?? [];
}

/** The form as the page sends it, in the version that it showed. */
async function decide(person: PersonName, keys: readonly OpenOrphans[], over: Readonly<Record<string, string | number | readonly string[]>> = {}) {
  const { version } = (await facts(world, planId)).stored;
  return act(world, person, decideAlikeSpec, { planId, version, phaseId: 'convert', foreignKey: keys.map((one) => one.foreignKey), rows: keys.map((one) => String(one.today + one.along)), verdict: 'delete', reason: 'the project was deleted', ...over });
}

async function undecided(): Promise<void> {
  const now = await phaseNow(world, planId, 'convert');
  expect([now.version, now.phase.orphanDecisions]).toEqual([1, {}]);
}

/** Names that come from the id of the plan are left out. */
function withoutId(phases: unknown): string {
  return JSON.stringify(phases).replaceAll(/countersign_[0-9a-f]+/g, 'countersign_key').replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id');
}

test('several foreign keys are decided in one version, which nothing of the measurements is lost by, and one entry of the log names every one with its rows', async () => {
  const keys = await open();
  expect(keys.map(({ child, today, along }) => [child.name, today, along])).toEqual([['bazaar-vid_exports', 2, 0], ['bazaar-vid_export_analytics', 0, 6]]);
  const answer = await done(decide('author', keys));
  expect(answer.sentence).toBe('Decided on the orphans of 2 foreign keys: take out and keep in quarantine.');
  const now = await phaseNow(world, planId, 'convert');
  expect(now.version).toBe(2);
  expect(now.phase.orphanDecisions).toEqual(Object.fromEntries(keys.map((one) => [one.foreignKey, { verdict: 'delete', reason: 'the project was deleted' }])));
  expect([now.numberToType, now.findings.filter((finding) => finding.severity === 'blocking')]).toEqual([8, []]);
  expect((await facts(world, planId)).versions.at(-1)).toMatchObject({ by: 'Author', reason: expect.stringMatching(/“take out and keep in quarantine” on the orphans of 2 foreign keys: .*exports_project_id.* and .*export_analytics_export_id/) });
  const entries = (await listAudit(world.db, {}, 50)).filter((entry) => entry.action.startsWith('decide'));
  expect(entries).toMatchObject([{ action: 'decide orphans alike', actor: 'Author <author@demo.test>', planId, reason: 'the project was deleted', detail: { version: 2, verdict: 'delete', foreignKeys: keys.map((one) => ({ foreignKey: one.foreignKey, rows: one.today + one.along })) } }]);
});

test('it is the plan that one decision after the other makes', async () => {
  const keys = await open();
  await done(decide('author', keys));
  const { plan } = (await facts(world, planId)).stored;
  planId = await makeBazaarPlan(world);
  for (const { foreignKey } of keys) await done(act(world, 'author', decideOrphansSpec, { planId, version: (await facts(world, planId)).stored.version, phaseId: 'convert', foreignKey, verdict: 'delete', reason: 'the project was deleted' }));
  const single = (await facts(world, planId)).stored.plan;
  expect(withoutId(plan.phases)).toBe(withoutId(single.phases));
});

test.each(['viewer', 'approver', 'operator', 'admin'] as const)('by %s it is refused', async (person) => {
  expect(await decide(person, await open())).toMatchObject({ status: 'refused', code: 'not_allowed' });
  await undecided();
});

test('of two people who decide at once one is refused with who was first, and nothing of what the other said stands', async () => {
  const keys = await open();
  const both = await Promise.all([decide('author', keys, { version: 1, reason: 'first' }), decide('author', keys, { version: 1, reason: 'second', verdict: 'stop' })]);
  expect(both.map((state) => state.status).sort()).toEqual(['done', 'refused']);
  expect(both.find((state) => state.status === 'refused')).toMatchObject({ code: 'plan_changed', sentence: expect.stringMatching(/Author saved version 2 of the plan at .* UTC/) });
  const { phase, version } = await phaseNow(world, planId, 'convert');
  expect([version, new Set(Object.values(phase.orphanDecisions).map((one) => one.reason)).size]).toEqual([2, 1]);
});

test('what was decided meanwhile keeps all from being decided, whatever version the form names', async () => {
  const keys = await open();
  await done(act(world, 'author', decideOrphansSpec, { planId, version: 1, phaseId: 'convert', foreignKey: keys[1]?.foreignKey ?? '', verdict: 'stop', reason: 'we ask first' }));
  expect(await decide('author', keys)).toMatchObject({ status: 'refused', code: 'plan_changed', sentence: expect.stringMatching(/^Somebody has decided on the orphans of .*: stop: they are put right by hand first\. Nothing was decided\.$/) });
  const { phase } = await phaseNow(world, planId, 'convert');
  expect(Object.keys(phase.orphanDecisions)).toEqual([keys[1]?.foreignKey]);
});

test('another number of rows than is measured, a column that must not be null, pointing elsewhere, a strange foreign key and no reason are refused by name, and decide nothing', async () => {
  const keys = await open();
  const one = keys.slice(0, 1);
  expect(await decide('author', keys, { rows: ['2', '7'] })).toMatchObject({ status: 'refused', code: 'evidence_moved', sentence: expect.stringContaining('6 rows without a parent, and you saw 7') });
  expect(await decide('author', keys, { rows: ['2'] })).toMatchObject({ status: 'refused', code: 'invalid_input' });
  expect(await decide('author', keys, { verdict: 'set_null' })).toMatchObject({ status: 'refused', code: 'cannot_plan', sentence: expect.stringMatching(/public\.bazaar-vid_exports\.project_id may not be null in bazaar_dev.*public\.bazaar-vid_export_analytics\.export_id may not be null/) });
  expect(await decide('author', keys, { verdict: 're_point', to: 'x' })).toMatchObject({ status: 'refused', code: 'invalid_input' });
  expect(await decide('author', [...one, { ...one[0], foreignKey: 'elsewhere' } as OpenOrphans])).toMatchObject({ status: 'refused', code: 'not_found' });
  expect(await decide('author', [])).toMatchObject({ status: 'refused', code: 'invalid_input' });
  expect(await decide('author', keys, { reason: ' ' })).toMatchObject({ status: 'refused', code: 'reason_required' });
  await undecided();
});

test('to stop keeps the phase closed, and makes an author of whoever decided, who may not sign it any more', async () => {
  await world.db.insertInto('person_role').values({ person_id: world.people.approver.id, role: 'author' }).execute();
  await done(decide('approver', await open(), { verdict: 'stop' }));
  const { findings, signers } = await phaseNow(world, planId, 'convert');
  expect(findings.filter((finding) => finding.severity === 'blocking').map((finding) => finding.code)).toEqual(['ORPHANS_STOP', 'ORPHANS_STOP']);
  expect(signers.map((one) => one.name)).toEqual(['Approver2']);
  expect(await approve(world, 'approver', planId, 'convert')).toMatchObject({ status: 'refused', code: 'own_plan' });
});
