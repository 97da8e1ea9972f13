import type { Client } from 'pg';
import { beforeEach, describe, expect, test } from 'vitest';
import { addApproval, addGlass, addRole, addRun, addVersion, layPolicy, OTHER_DIGEST, papers, type Papers } from '#lib/testing/papers.ts';
import { freshControl, type ControlWorld } from '#lib/testing/world.ts';

let world: ControlWorld;
let app: Client;
let plan: Papers;

beforeEach(async () => {
  world = await freshControl();
  app = await world.control.client('app');
  plan = await papers(app, world.people.author.id);
});

describe('a run', () => {
  test('without any approval is refused', async () => {
    await expect(addRun(app, plan, world.people.operator.id)).rejects.toMatchObject({ code: 'CS006' });
  });

  test('under an approval of another digest is refused', async () => {
    await addApproval(app, plan, world.people.approver.id, { digest: OTHER_DIGEST });
    await expect(addRun(app, plan, world.people.operator.id)).rejects.toMatchObject({ code: 'CS006' });
  });

  test('under a void approval is refused', async () => {
    const id = await addApproval(app, plan, world.people.approver.id);
    await app.query(`update approval set voided_at = now(), void_reason = 'moved' where id = $1`, [id]);
    await expect(addRun(app, plan, world.people.operator.id)).rejects.toMatchObject({ code: 'CS006' });
  });

  test('under an expired approval is refused', async () => {
    await addApproval(app, plan, world.people.approver.id, { expires: '-1 hour' });
    await expect(addRun(app, plan, world.people.operator.id)).rejects.toMatchObject({ code: 'CS006' });
  });

  test('that comes after the hours which the last signature gives is refused, and a broken glass is bound by none', async () => {
    const { approver, approver2, operator, admin } = world.people;
    await addApproval(app, plan, approver.id, { startBy: '-1 minute' });
    await expect(addRun(app, plan, operator.id)).rejects.toMatchObject({ code: 'CS037' });
    await layPolicy(app, admin.id, 1, { breakGlass: true });
    await app.query('begin');
    await expect(addRun(app, plan, operator.id, { glass: await addGlass(app, plan.planId, operator.id) })).resolves.not.toBe('');
    await app.query('rollback');
    await addApproval(app, plan, approver2.id, { signed: '-1 hour', startBy: '1 minute' });
    await expect(addRun(app, plan, operator.id)).resolves.not.toBe('');
  });

  test('that needs two people is refused under one, and runs under two', async () => {
    await addApproval(app, plan, world.people.approver.id);
    await expect(addRun(app, plan, world.people.operator.id, { needed: 2 })).rejects.toMatchObject({ code: 'CS006' });
    await addApproval(app, plan, world.people.approver2.id);
    await expect(addRun(app, plan, world.people.operator.id, { needed: 2 })).resolves.not.toBe('');
  });

  test('under the approval of a person who was disabled since is refused', async () => {
    await addApproval(app, plan, world.people.approver.id);
    await app.query('update person set disabled_at = now() where id = $1', [world.people.approver.id]);
    await expect(addRun(app, plan, world.people.operator.id)).rejects.toMatchObject({ code: 'CS006' });
  });

  test('under the approval of a person whose role was taken since is refused, whoever forgot to void it', async () => {
    await addApproval(app, plan, world.people.approver.id);
    await app.query(`delete from person_role where person_id = $1 and role = 'approver'`, [world.people.approver.id]);
    await expect(addRun(app, plan, world.people.operator.id)).rejects.toMatchObject({ code: 'CS006' });
  });

  test('of a phase that removes rows needs the signatures that policy demands for those, whatever the row says', async () => {
    const { admin, author, approver, operator } = world.people;
    await addVersion(app, plan.planId, 2, author.id, { phases: [{ id: 'convert', destructive: true, steps: [] }] });
    await layPolicy(app, admin.id, 1, { approvalsDestructive: 2 });
    await addApproval(app, plan, approver.id, { version: 2 });
    await expect(addRun(app, plan, operator.id, { version: 2 })).rejects.toMatchObject({ code: 'CS006' });
  });

  test('waits for the answer to a request for changes, which an author or whoever asked gives once', async () => {
    const { author, approver, approver2, operator } = world.people;
    await addApproval(app, plan, approver.id);
    await app.query(`insert into change_request (plan_id, version, phase_id, person_id, comment) values ($1, 1, 'convert', $2, 'by hand')`, [plan.planId, approver2.id]);
    await expect(addRun(app, plan, operator.id)).rejects.toMatchObject({ code: 'CS039' });
    const answer = (who: string) => app.query('update change_request set resolved_at = now(), resolved_by = $1', [who]);
    await expect(answer(operator.id)).rejects.toMatchObject({ code: 'CS043' });
    await expect(app.query(`update change_request set phase_id = 'another'`)).rejects.toMatchObject({ code: 'CS043' });
    await answer(author.id);
    await expect(answer(approver2.id)).rejects.toMatchObject({ code: 'CS043' });
    await expect(addRun(app, plan, operator.id)).resolves.not.toBe('');
  });

  test('without signatures names the glass that its operator broke for exactly it in the same transaction, where policy allows that, and never of their own plan', async () => {
    const { admin, author, operator } = world.people;
    await expect(addGlass(app, plan.planId, operator.id)).rejects.toMatchObject({ code: 'CS035' });
    await layPolicy(app, admin.id, 1, { freezes: [], breakGlass: true });
    await addRole(app, 'operator', author.id);
    await expect(addGlass(app, plan.planId, author.id)).rejects.toMatchObject({ code: 'CS002' });
    await expect(addGlass(app, plan.planId, admin.id)).rejects.toMatchObject({ code: 'CS003' });
    const earlier = await addGlass(app, plan.planId, operator.id);
    await expect(addRun(app, plan, operator.id, { glass: earlier })).rejects.toMatchObject({ code: 'CS006' });
    await app.query('begin');
    const other = await addGlass(app, plan.planId, operator.id, OTHER_DIGEST);
    await expect(addRun(app, plan, operator.id, { glass: other })).rejects.toMatchObject({ code: 'CS006' });
    await app.query('rollback');
    await app.query('begin');
    await expect(addRun(app, plan, operator.id, { glass: await addGlass(app, plan.planId, operator.id) })).resolves.not.toBe('');
    await app.query('commit');
    await expect(app.query(`update break_glass set state = 'countersigned', answered_by = $1, answered_at = now(), comment = ''`, [operator.id])).rejects.toMatchObject({ code: 'CS002' });
    await expect(app.query('delete from break_glass')).rejects.toMatchObject({ code: '42501' });
  });

  test('of a phase that removes rows needs signatures from as many groups as policy demands, as the signers were when signing', async () => {
    const { admin, author, approver, approver2, operator } = world.people;
    await app.query(`update person set group_name = 'storage' where id = any($1)`, [[approver.id, approver2.id]]);
    await addVersion(app, plan.planId, 2, author.id, { phases: [{ id: 'convert', destructive: true, steps: [] }] });
    await layPolicy(app, admin.id, 1, { freezes: [], distinctGroups: 2 });
    for (const person of [approver, approver2]) await addApproval(app, plan, person.id, { version: 2 });
    await expect(addRun(app, plan, operator.id, { needed: 2, version: 2 })).rejects.toMatchObject({ code: 'CS036' });
    await app.query(`update person set group_name = 'web' where id = $1`, [approver2.id]);
    await expect(addRun(app, plan, operator.id, { needed: 2, version: 2 })).rejects.toMatchObject({ code: 'CS036' });
    await app.query(`update approval set voided_at = now(), void_reason = 'again' where person_id = $1`, [approver2.id]);
    await addApproval(app, plan, approver2.id, { version: 2 });
    await expect(addRun(app, plan, operator.id, { needed: 2, version: 2 })).resolves.not.toBe('');
  });

  test('started by somebody who is no operator is refused', async () => {
    await addApproval(app, plan, world.people.approver.id);
    await expect(addRun(app, plan, world.people.admin.id)).rejects.toMatchObject({ code: 'CS003' });
  });

  test('of a version that is no longer in force is refused', async () => {
    await addApproval(app, plan, world.people.approver.id);
    await addVersion(app, plan.planId, 2, world.people.author.id);
    await expect(addRun(app, plan, world.people.operator.id, { version: 1 })).rejects.toMatchObject({ code: 'CS004' });
  });

  test('beside another on the same target is refused, whoever asks at the same moment', async () => {
    await addApproval(app, plan, world.people.approver.id);
    const other = await papers(app, world.people.author.id);
    await addApproval(app, other, world.people.approver.id);
    const second = await world.control.client('app');
    const results = await Promise.allSettled([addRun(app, plan, world.people.operator.id), addRun(second, other, world.people.operator.id)]);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find((result) => result.status === 'rejected')).toMatchObject({ reason: { code: '23505', constraint: 'run_one_active_per_target' } });
  });

  test('keeps its terms: neither digest nor version nor an end can be rewritten', async () => {
    await addApproval(app, plan, world.people.approver.id);
    const id = await addRun(app, plan, world.people.operator.id);
    await expect(app.query('update run set digest = $2 where id = $1', [id, OTHER_DIGEST])).rejects.toMatchObject({ code: 'CS008' });
    await app.query(`update run set state = 'applied', ended_at = now() where id = $1`, [id]);
    await expect(app.query(`update run set state = 'failed' where id = $1`, [id])).rejects.toMatchObject({ code: 'CS008' });
  });

  test('back needs an ended run forward of the same phase', async () => {
    await addApproval(app, plan, world.people.approver.id);
    const forward = await addRun(app, plan, world.people.operator.id);
    const back = (phase: string) =>
      app.query(
        `insert into run (plan_id, version, phase_id, kind, undoes, target_database, digest, approvals_needed, requested_by, reason)
         values ($1, 1, $2, 'rollback', $3, 'bazaar_prod', $4, 1, $5, 'slow pages')`,
        [plan.planId, phase, forward, OTHER_DIGEST, world.people.operator.id],
      );
    await expect(back('convert')).rejects.toMatchObject({ code: 'CS007' });
    await app.query(`update run set state = 'applied', ended_at = now() where id = $1`, [forward]);
    await expect(back('empty')).rejects.toMatchObject({ code: 'CS007' });
    await expect(back('convert')).resolves.toMatchObject({ rowCount: 1 });
  });
});
