import { beforeEach, describe, expect, test } from 'vitest';
import { listAudit } from '#lib/store/audit.ts';
import { findPlan, listVersions } from '#lib/store/plans.ts';
import { act, done } from '#lib/testing/acting.ts';
import { approve, facts, phaseNow } from '#lib/testing/bazaar-plan.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';
import { createPlanByHandSpec, editPlanSpec } from './plan-edits.ts';
import { editStepSpec } from './plans.ts';
import { measurePhaseSpec } from './review.ts';

let world: World;
beforeEach(async () => {
  world = await freshWorld();
});

async function begun(desired = ''): Promise<string> {
  const made = await done(act(world, 'author', createPlanByHandSpec, { name: 'By hand', target: 'bazaar_prod', desired }));
  return made.to?.split('/').at(-1) ?? '';
}

async function edit(planId: string, fields: Record<string, string | number>, person: 'author' | 'viewer' | 'approver' = 'author') {
  const { version } = (await facts(world, planId)).stored;
  return act(world, person, editPlanSpec, { planId, version, ...fields });
}

const SQL = { operation: 'insert_step', phaseId: 'written.1', kind: 'sql' };

describe('a plan by hand', () => {
  test('begins with one empty phase, and every operation is a version with a sentence', async () => {
    const planId = await begun('bazaar_dev');
    expect(await findPlan(world.db, planId)).toMatchObject({ target: 'bazaar_prod', desired: 'bazaar_dev', plan: { origin: { from: 'hand' }, phases: [{ id: 'written.1', kind: 'written', steps: [] }] } });
    await done(edit(planId, { ...SQL, title: 'Two tables', sql: 'CREATE TABLE a ();\nCREATE TABLE b ()', undo: 'DROP TABLE b; DROP TABLE a' }));
    await done(edit(planId, { operation: 'split_step', phaseId: 'written.1', stepId: 'written.1.1', count: 1, title: 'The second' }));
    await done(edit(planId, { operation: 'move_step', phaseId: 'written.1', stepId: 'written.1.2', to: 'up' }));
    const added = await done(edit(planId, { operation: 'add_phase', phaseId: 'written.1', title: 'Later' }));
    expect(added.to).toBe(`/plans/${planId}?phase=written.2`);
    expect((await listVersions(world.db, planId)).map((one) => one.reason)).toEqual([
      'Begun by hand.',
      'The step “Two tables” was added to “First phase”.',
      'Step 1 of “First phase”, “Two tables”, was split in two behind its first statement.',
      'Step 2 of “First phase”, “The second”, moved one place up.',
      'The phase “Later” was added.',
    ]);
    expect((await findPlan(world.db, planId))?.plan.phases.map((phase) => phase.steps.map((step) => step.title))).toEqual([['The second', 'Two tables'], []]);
    expect((await listAudit(world.db, {}, 1))[0]).toMatchObject({ action: 'edit plan', detail: { operation: 'add_phase', version: 5 } });
  });

  test('is refused to who is no author, for what is no database, and on an old version', async () => {
    const planId = await begun();
    for (const person of ['viewer', 'approver'] as const) expect(await edit(planId, { ...SQL, title: 'x', sql: 'SELECT 1' }, person)).toMatchObject({ status: 'refused', code: 'not_allowed' });
    expect(await act(world, 'viewer', createPlanByHandSpec, { name: 'x', target: 'bazaar_prod' })).toMatchObject({ status: 'refused', code: 'not_allowed' });
    expect(await act(world, 'author', createPlanByHandSpec, { name: 'x', target: 'bazaar_prod', desired: 'nowhere' })).toMatchObject({ status: 'refused', code: 'database_unknown' });
    expect(await act(world, 'author', createPlanByHandSpec, { name: 'x', target: 'nowhere' })).toMatchObject({ status: 'refused', code: 'database_unknown' });
    expect(await edit(planId, { ...SQL, title: 'x', sql: 'SELEKT 1' })).toMatchObject({ status: 'refused', code: 'does_not_parse', sentence: expect.stringContaining('line 1, column 1') });
    expect(await edit(planId, { operation: 'paint', phaseId: 'written.1' })).toMatchObject({ status: 'refused', code: 'invalid_input' });
    await done(edit(planId, { ...SQL, title: 'x', sql: 'SELECT 1' }));
    expect(await act(world, 'author', editPlanSpec, { planId, version: 1, ...SQL, title: 'y', sql: 'SELECT 2' })).toMatchObject({ status: 'refused', code: 'plan_changed' });
    expect(await listVersions(world.db, planId)).toHaveLength(2);
  });

  test('signed, and then changed: the signature is void with what moved, by whom and in which version, of a later phase too when another comes before it', async () => {
    const planId = await begun();
    await done(edit(planId, { ...SQL, title: 'One', sql: 'CREATE TABLE one ()', undo: 'DROP TABLE one' }));
    await done(edit(planId, { operation: 'add_phase', phaseId: 'written.1', title: 'Second' }));
    await done(edit(planId, { ...SQL, phaseId: 'written.2', title: 'Two', sql: 'CREATE TABLE two ()', undo: 'DROP TABLE two' }));
    const sign = async (phaseId: string) => {
      await done(act(world, 'author', measurePhaseSpec, { planId, version: (await facts(world, planId)).stored.version, phaseId }));
      await done(approve(world, 'approver', planId, phaseId));
    };
    for (const phaseId of ['written.1', 'written.2']) await sign(phaseId);
    await done(act(world, 'author', editStepSpec, { planId, version: (await facts(world, planId)).stored.version, phaseId: 'written.1', stepId: 'written.1.1', sql: 'CREATE TABLE one (id int)', undo: 'DROP TABLE one' }));
    expect((await phaseNow(world, planId, 'written.1')).approvals.map((one) => one.voidReason)).toEqual(['“First phase” was edited: the SQL of step “One”. By Author, in version 5.']);
    expect((await phaseNow(world, planId, 'written.2')).approvals.map((one) => one.voidedAt)).toEqual([null]);
    await done(edit(planId, { operation: 'move_phase', phaseId: 'written.2', to: 'up' }));
    expect((await phaseNow(world, planId, 'written.2')).approvals.map((one) => one.voidReason)).toEqual(['“Second” was edited: what must stand before it. By Author, in version 6.']);
    await sign('written.2');
    await done(edit(planId, { operation: 'remove_phase', phaseId: 'written.2' }));
    expect((await facts(world, planId)).approvals.filter((one) => !one.voidedAt)).toEqual([]);
  });
});
