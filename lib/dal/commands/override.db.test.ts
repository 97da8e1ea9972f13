import { expect, test } from 'vitest';
import { NO_DEMANDS } from '#lib/pipeline/policy-document.ts';
import { act, done } from '#lib/testing/acting.ts';
import { facts } from '#lib/testing/bazaar-plan.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';
import { allPhaseFacts } from '../plan-facts.ts';
import { setRolesSpec } from './people.ts';
import { changePolicySpec } from './policy.ts';
import { acceptFindingSpec, importRunbookSpec } from './runbooks.ts';

const TEXT = '# Plan\n\n## Phase 1\n\n```sql\nALTER TABLE "bazaar-vid_metric" ADD COLUMN seen_at timestamptz;\n```\n';
const RULED = { ...NO_DEMANDS, teamRules: ['no_alter_existing'], rulesByAdmins: true };

async function breach(world: World): Promise<{ planId: string; version: number; findingId: string }> {
  await done(act(world, 'admin', changePolicySpec, { number: 0, reason: 'agreed', document: JSON.stringify(RULED) }));
  const made = await done(act(world, 'author', importRunbookSpec, { target: 'bazaar_prod', desired: '', name: 'From a text', textName: 'text.md', text: TEXT, windowHours: '48' }));
  const planId = made.to?.split('/').at(-1) ?? '';
  const read = await facts(world, planId);
  const finding = allPhaseFacts(read).flatMap((one) => one.findings).find(({ code }) => code === 'TEAM_ALTERS_EXISTING');
  return { planId, version: read.stored.version, findingId: finding && 'id' in finding ? finding.id : '' };
}

test('where policy leaves it to admins, an author lets no breach of the team’s rules stand; one who is an admin as well does, with a reason', async () => {
  const world = await freshWorld();
  const found = await breach(world);
  const asked = { ...found, reason: 'the table is not in use yet' };
  expect(await act(world, 'author', acceptFindingSpec, asked)).toMatchObject({ status: 'refused', code: 'not_allowed', sentence: expect.stringContaining('Policy leaves it to admins') });
  await done(act(world, 'admin', setRolesSpec, { personId: world.people.author.id, roles: ['author', 'admin'] }));
  expect(await act(world, 'author', acceptFindingSpec, asked)).toMatchObject({ status: 'done' });
  expect((await facts(world, found.planId)).stored.plan.phases[0]?.findingDecisions).toEqual({ [found.findingId]: { verdict: 'accepted', reason: 'the table is not in use yet' } });
});

test('without that demand any author does', async () => {
  const world = await freshWorld();
  const found = await breach(world);
  await done(act(world, 'admin', changePolicySpec, { number: 1, reason: 'too strict', document: JSON.stringify({ ...RULED, rulesByAdmins: false }) }));
  expect(await act(world, 'author', acceptFindingSpec, { ...found, reason: 'agreed with the team' })).toMatchObject({ status: 'done' });
});
