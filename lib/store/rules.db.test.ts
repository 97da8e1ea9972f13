import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { beforeEach, describe, expect, test } from 'vitest';
import { addApproval, addGlass, addRehearsal, addRun, addVersion, layPolicy, OTHER_DIGEST, papers, type Papers } from '#lib/testing/papers.ts';
import { freshControl, type ControlWorld } from '#lib/testing/world.ts';

let world: ControlWorld;
let app: Client;
let plan: Papers;

beforeEach(async () => {
  world = await freshControl();
  app = await world.control.client('app');
  plan = await papers(app, world.people.author.id);
});

/** Roles are added by hand too: a person who holds every role is still bound by the rules. */
async function give(role: string, person: string): Promise<void> {
  await app.query('insert into person_role (person_id, role) values ($1, $2) on conflict do nothing', [person, role]);
}

function ask(from: string) {
  return { label: 'rows', sql: 'SELECT 1', expect: { from } };
}

describe('four eyes, in the control database itself', () => {
  test('a row that lets the author approve is refused', async () => {
    await give('approver', world.people.author.id);
    await expect(addApproval(app, plan, world.people.author.id)).rejects.toMatchObject({ code: 'CS002' });
  });

  test('whoever edited any version may not approve, even a later one that somebody else saved', async () => {
    await give('author', world.people.approver.id);
    await addVersion(app, plan.planId, 2, world.people.approver.id);
    await addVersion(app, plan.planId, 3, world.people.author.id);
    await expect(addApproval(app, plan, world.people.approver.id, { version: 3 })).rejects.toMatchObject({ code: 'CS002' });
  });

  test('an admin who wrote the plan is not exempt', async () => {
    await give('author', world.people.admin.id);
    await give('approver', world.people.admin.id);
    const own = await papers(app, world.people.admin.id);
    await expect(addApproval(app, own, world.people.admin.id)).rejects.toMatchObject({ code: 'CS002' });
  });

  test('somebody without the role approver is refused', async () => {
    await expect(addApproval(app, plan, world.people.operator.id)).rejects.toMatchObject({ code: 'CS003' });
  });

  test('an approver whose password somebody else made is refused, whatever the row says, until they have set one themselves', async () => {
    const as = (who: string) => app.query("select set_config('countersign.signed_in', $1, false)", [who]);
    const { approver, admin } = world.people;
    await as(admin.id);
    // As code would that forgot to say so.
    await app.query("update person set password_hash = '$argon2id$made by the admin', password_temporary = false where id = $1", [approver.id]);
    await expect(addApproval(app, plan, approver.id)).rejects.toMatchObject({ code: 'CS013' });
    await expect(app.query('update person set password_temporary = false where id = $1', [approver.id])).rejects.toMatchObject({ code: 'CS013' });
    await as(approver.id);
    await app.query("update person set password_hash = '$argon2id$their own' where id = $1", [approver.id]);
    await expect(addApproval(app, plan, approver.id)).resolves.not.toBe('');
  });

  test('a disabled approver is refused', async () => {
    await app.query('update person set disabled_at = now() where id = $1', [world.people.approver.id]);
    await expect(addApproval(app, plan, world.people.approver.id)).rejects.toMatchObject({ code: 'CS003' });
  });

  test('only the current version can be approved', async () => {
    await addVersion(app, plan.planId, 2, world.people.author.id);
    await expect(addApproval(app, plan, world.people.approver.id, { version: 1 })).rejects.toMatchObject({ code: 'CS004' });
    await expect(addApproval(app, plan, world.people.approver.id, { version: 2 })).resolves.not.toBe('');
  });

  test('evidence of another plan cannot be signed', async () => {
    const other = await papers(app, world.people.author.id);
    await expect(addApproval(app, { ...plan, evidenceId: other.evidenceId }, world.people.approver.id)).rejects.toMatchObject({ code: 'CS005' });
  });

  test('only a rehearsal of the same plan that came to a verdict can be signed, and a void approval signs no other', async () => {
    const { author, approver, approver2 } = world.people;
    const other = await papers(app, author.id);
    const sign = (person: string, rehearsal: string): Promise<string> => addApproval(app, plan, person, { rehearsal });
    await expect(sign(approver.id, await addRehearsal(app, other.planId, author.id, 'proved'))).rejects.toMatchObject({ code: 'CS005' });
    await expect(sign(approver.id, await addRehearsal(app, plan.planId, author.id, 'refused'))).rejects.toMatchObject({ code: 'CS005' });
    const failed = await addRehearsal(app, plan.planId, author.id, 'failed');
    const approval = await sign(approver.id, failed);
    await expect(sign(approver2.id, await addRehearsal(app, plan.planId, author.id, null))).rejects.toMatchObject({ code: 'CS005' });
    await expect(app.query(`update approval set voided_at = now(), void_reason = 'x', rehearsal_id = null where id = $1`, [approval])).rejects.toMatchObject({ code: 'CS005' });
    await expect(app.query(`update rehearsal set state = 'proved' where id = $1`, [failed])).rejects.toMatchObject({ code: 'CS001' });
  });

  test('where a proof is demanded, neither approval nor run goes in until the newest rehearsal that carried the phase out has proved it', async () => {
    const { author, approver, operator } = world.people;
    const sign = (): Promise<string> => addApproval(app, plan, approver.id, { proof: true });
    const run = (): Promise<string> => addRun(app, plan, operator.id, { proof: true });
    await expect(sign()).rejects.toMatchObject({ code: 'CS010' });
    await addRehearsal(app, plan.planId, author.id, 'proved', ['convert']);
    await expect(sign()).rejects.toMatchObject({ code: 'CS010' });
    await addRehearsal(app, plan.planId, author.id, 'proved');
    await addRehearsal(app, plan.planId, author.id, 'failed', ['convert']);
    await sign();
    await addRehearsal(app, plan.planId, author.id, 'differs');
    await expect(run()).rejects.toMatchObject({ code: 'CS010' });
    await addRehearsal(app, plan.planId, author.id, 'proved');
    await addRehearsal(app, plan.planId, author.id, 'refused');
    await expect(run()).resolves.not.toBe('');
  });

  test('a phase with an open step, or with a question of which nobody has said the answer, is signed by nobody', async () => {
    const { author, approver } = world.people;
    const step = { id: 'convert.1', statements: [], undo: [] };
    const phase = (change: object) => ({ id: 'convert', steps: [step], verifications: [ask('any')], ...change });
    const refused = [
      phase({ steps: [step, { ...step, id: 'convert.2', work: { kind: 'open' } }] }),
      phase({ steps: [{ ...step, undoWork: { kind: 'open' } }] }),
      phase({ verifications: [ask('any'), ask('unsaid')] }),
      phase({ steps: [{ ...step, statements: [{ do: 'assert', ...ask('unsaid') }] }] }),
      phase({ steps: [{ ...step, undo: [{ do: 'assert', ...ask('unsaid') }] }] }),
    ];
    let version = 1;
    for (const one of refused) {
      version += 1;
      await addVersion(app, plan.planId, version, author.id, { phases: [phase({ id: 'earlier' }), one] });
      await expect(addApproval(app, plan, approver.id, { version })).rejects.toMatchObject({ code: 'CS021' });
    }
    await addVersion(app, plan.planId, version + 1, author.id, { phases: [{ ...refused[0], id: 'another' }, phase({})] });
    await expect(addApproval(app, plan, approver.id, { version: version + 1 })).resolves.not.toBe('');
  });

  test('one person signs a phase once', async () => {
    await addApproval(app, plan, world.people.approver.id);
    await expect(addApproval(app, plan, world.people.approver.id)).rejects.toMatchObject({ code: '23505', constraint: 'approval_one_standing' });
  });

  test('an account that an author made, or whose password they set, signs nothing of theirs for as long as policy asks: nor one that such an account made, nor after a policy that asks less', async () => {
    const { admin, author, approver, approver2, operator } = world.people;
    const actAs = (who: string) => app.query("select set_config('countersign.signed_in', $1, false)", [who]);
    const made = async (by: string, email: string) => {
      await actAs(by);
      const { rows } = await app.query<{ id: string }>(`insert into person (email, name) values ($1, 'Made') returning id`, [email]);
      await give('approver', rows[0]?.id ?? '');
      return rows[0]?.id ?? '';
    };
    const [own, other] = [await made(author.id, 'second@elsewhere.test'), await made(operator.id, 'colleague@elsewhere.test')];
    const further = await made(own, 'third@elsewhere.test');
    await layPolicy(app, admin.id, 1, { freezes: [], accountDays: 7 });
    await layPolicy(app, admin.id, 2, { freezes: [] });
    for (const one of [own, further]) await expect(addApproval(app, plan, one)).rejects.toMatchObject({ code: 'CS044' });
    await addApproval(app, plan, other);
    await actAs(author.id);
    await app.query(`update person set password_hash = '$argon2id$by-the-author' where id = $1`, [approver.id]);
    await actAs(approver.id);
    await app.query(`update person set password_hash = '$argon2id$own' where id = $1`, [approver.id]);
    await expect(addApproval(app, plan, approver.id)).rejects.toMatchObject({ code: 'CS044' });
    await addApproval(app, plan, approver2.id);
    await expect(app.query(`insert into account_made (person_id, made_by, what) values ($1, $2, 'account')`, [approver2.id, author.id])).rejects.toMatchObject({ code: '42501' });
    // Eight days later.
    const owner = await world.control.client('owner');
    await owner.query(`alter table account_made disable trigger user; update account_made set made_at = made_at - interval '8 days'; alter table account_made enable trigger user`);
    await addApproval(app, plan, own);
  });

  test('two accounts of one mailbox are one pair of eyes: neither signs for the other’s plan, nor a second time', async () => {
    const { author, approver, approver2 } = world.people;
    await app.query('update person set email = $2 where id = $1', [approver2.id, 'author+review@demo.test']);
    await expect(addApproval(app, plan, approver2.id)).rejects.toMatchObject({ code: 'CS002' });
    await app.query('update person set email = $2 where id = $1', [approver2.id, 'approver+2@demo.test']);
    await addApproval(app, plan, approver.id);
    await expect(addApproval(app, plan, approver2.id)).rejects.toMatchObject({ code: 'CS038' });
    // Accounts that came to one mailbox after both had signed.
    await app.query('update person set email = $2 where id = $1', [approver2.id, 'other@demo.test']);
    await addApproval(app, plan, approver2.id);
    await app.query('update person set email = $2 where id = $1', [approver2.id, 'approver+2@demo.test']);
    await expect(addRun(app, plan, world.people.operator.id, { needed: 2 })).rejects.toMatchObject({ code: 'CS006' });
    await app.query('update person set email = $2 where id = $1', [approver.id, 'author+1@demo.test']);
    await expect(addRun(app, plan, world.people.operator.id, { needed: 2 })).rejects.toMatchObject({ code: 'CS006' });
    await expect(addGlass(app, plan.planId, author.id)).rejects.toMatchObject({ code: 'CS002' });
  });

  test('a signature given while the role is being taken away waits for that, and is refused', async () => {
    const { approver } = world.people;
    const other = await world.control.client('app');
    await other.query('begin');
    await other.query('select id from person order by id for update');
    await other.query(`delete from person_role where person_id = $1 and role = 'approver'`, [approver.id]);
    const signing = addApproval(app, plan, approver.id).then(() => 'signed', (error: { code: string }) => error.code);
    await expect.poll(async () => (await other.query(`select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`)).rowCount).toBe(1);
    await other.query(`update approval set voided_at = now(), void_reason = 'The signer is no approver any more.' where person_id = $1 and voided_at is null`, [approver.id]);
    await other.query('commit');
    expect(await signing).toBe('CS003');
  });

  test('a signature stands for no longer than the policy of that moment gives it', async () => {
    const { admin, approver } = world.people;
    await layPolicy(app, admin.id, 1, { approvalHours: 2 });
    await expect(addApproval(app, plan, approver.id, { expires: '3 hours' })).rejects.toMatchObject({ code: 'CS042' });
    await layPolicy(app, admin.id, 2, { approvalHours: null, executionHours: 4 });
    await expect(addApproval(app, plan, approver.id)).rejects.toMatchObject({ code: 'CS042' });
    await expect(addApproval(app, plan, approver.id, { startBy: '5 hours' })).rejects.toMatchObject({ code: 'CS042' });
    await expect(addApproval(app, plan, approver.id, { startBy: '4 hours' })).resolves.not.toBe('');
  });

  test('a temporary table of the same name does not deceive the rule', async () => {
    await give('approver', world.people.author.id);
    await app.query('create temp table plan_version (plan_id uuid, edited_by uuid)');
    await app.query('create temp table plan (id uuid, created_by uuid, current_version integer)');
    await expect(
      app.query(`insert into public.approval (plan_id, version, phase_id, digest, evidence_id, person_id, expires_at) values ($1, 1, 'convert', $2, $3, $4, now() + interval '1 hour')`, [plan.planId, OTHER_DIGEST, plan.evidenceId, world.people.author.id]),
    ).rejects.toMatchObject({ code: 'CS002' });
  });
});

describe('an approval', () => {
  test('of somebody who edits the plan afterwards becomes void with a sentence that says so', async () => {
    const id = await addApproval(app, plan, world.people.approver.id);
    await give('author', world.people.approver.id);
    await addVersion(app, plan.planId, 2, world.people.approver.id);
    const { rows } = await app.query('select voided_at, void_reason from approval where id = $1', [id]);
    expect(rows[0]).toMatchObject({ voided_at: expect.any(Date), void_reason: expect.stringContaining('Approver edited the plan after approving it') });
  });

  test('can be voided once, and nothing else of it changes', async () => {
    const id = await addApproval(app, plan, world.people.approver.id);
    await expect(app.query('update approval set digest = $2 where id = $1', [id, OTHER_DIGEST])).rejects.toMatchObject({ code: 'CS005' });
    await expect(app.query(`update approval set expires_at = expires_at + interval '1 year', voided_at = now(), void_reason = 'x' where id = $1`, [id])).rejects.toMatchObject({ code: 'CS005' });
    await app.query(`update approval set voided_at = now(), void_reason = 'moved' where id = $1`, [id]);
    await expect(app.query('update approval set voided_at = null, void_reason = null where id = $1', [id])).rejects.toMatchObject({ code: 'CS005' });
  });
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
    await give('operator', author.id);
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

describe('who acts', () => {
  const EVERYTHING = ["select set_config('countersign.signed_in', '', false)", "select set_config('countersign.token', '', false)"];

  test('must be said: a signature and a run of nobody who is signed in, or of somebody else, are refused', async () => {
    await addApproval(app, plan, world.people.approver.id);
    for (const statement of EVERYTHING) await app.query(statement);
    const approval = `insert into approval (plan_id, version, phase_id, digest, evidence_id, person_id, expires_at) select plan_id, version, phase_id, digest, evidence_id, $1, expires_at from approval limit 1`;
    const run = `insert into run (plan_id, version, phase_id, kind, target_database, digest, approvals_needed, requested_by) select plan_id, version, phase_id, 'forward', 'bazaar_prod', digest, 1, $1 from approval limit 1`;
    for (const signedIn of ['', world.people.author.id]) {
      await app.query("select set_config('countersign.signed_in', $1, false)", [signedIn]);
      await expect(app.query(approval, [world.people.approver2.id])).rejects.toMatchObject({ code: 'CS011' });
      await expect(app.query(run, [world.people.operator.id])).rejects.toMatchObject({ code: 'CS011' });
    }
    await app.query("select set_config('countersign.signed_in', $1, false)", [world.people.approver2.id]);
    await app.query("select set_config('countersign.token', 'any', false)");
    await expect(app.query(approval, [world.people.approver2.id])).rejects.toMatchObject({ code: 'CS011' });
    await app.query("select set_config('countersign.token', '', false)");
    await expect(app.query(approval, [world.people.approver2.id])).resolves.toMatchObject({ rowCount: 1 });
  });

  test('is no token where people, roles or tokens are written', async () => {
    await app.query("select set_config('countersign.token', 'any', false)");
    for (const statement of [`update person set name = 'Other'`, `delete from person_role where role = 'viewer'`, `insert into person_role (person_id, role) select id, 'admin' from person limit 1`, `insert into person (email, name) values ('x@y', 'x')`,
      `insert into api_token (person_id, name, token_hash, prefix, scopes, expires_at) select id, 'x', repeat('a', 64), 'cs_aaaaaa', '{read}', now() + interval '1 day' from person limit 1`, `update api_token set revoked_at = now()`]) {
      await expect(app.query(statement), statement).rejects.toMatchObject({ code: 'CS011' });
    }
  });

  test('by a token that is revoked or changed by hand is refused: revoked once is revoked', async () => {
    await app.query(`insert into api_token (person_id, name, token_hash, prefix, scopes, expires_at) values ($1, 'ci', repeat('a', 64), 'cs_aaaaaa', '{read}', now() + interval '1 day')`, [world.people.author.id]);
    await expect(app.query(`update api_token set scopes = '{read,plan:write}'`)).rejects.toMatchObject({ code: 'CS012' });
    await app.query('update api_token set revoked_at = now(), revoked_by = $1', [world.people.author.id]);
    await expect(app.query('update api_token set revoked_at = null, revoked_by = null')).rejects.toMatchObject({ code: 'CS012' });
  });
});

describe('what was written stays', () => {
  test.each(['audit_entry', 'run_event', 'plan_version', 'evidence'])('the application has no right to change or empty %s', async (table) => {
    for (const statement of [`update ${table} set ${table === 'run_event' ? 'seq = 9' : table === 'audit_entry' ? `body = '{}'` : `plan_id = plan_id`}`, `delete from ${table}`, `truncate ${table} cascade`]) {
      await expect(app.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    }
  });

  test.each(['audit_entry', 'run_event', 'plan_version', 'evidence', 'approval', 'run', 'plan', 'person'])('not even the owner deletes from %s', async (table) => {
    const owner = await world.control.client('owner');
    await expect(owner.query(`delete from ${table}`)).rejects.toMatchObject({ code: 'CS001' });
  });

  test('the application can neither switch a trigger off nor move the head of the log', async () => {
    await expect(app.query('alter table approval disable trigger all')).rejects.toMatchObject({ code: '42501' });
    await expect(app.query('drop trigger approval_four_eyes on approval')).rejects.toMatchObject({ code: '42501' });
    await expect(app.query(`update audit_head set seq = 0`)).rejects.toMatchObject({ code: '42501' });
    await expect(app.query(`set session_replication_role = replica`)).rejects.toMatchObject({ code: '42501' });
  });

  test('an old version cannot be put in force again, and a plan cannot change its target', async () => {
    await addVersion(app, plan.planId, 2, world.people.author.id);
    await expect(app.query('update plan set current_version = 1 where id = $1', [plan.planId])).rejects.toMatchObject({ code: 'CS004' });
    await expect(app.query(`update plan set target_database = 'other' where id = $1`, [plan.planId])).rejects.toMatchObject({ code: 'CS004' });
  });

  test('versions are saved by authors, one after the other', async () => {
    await expect(addVersion(app, plan.planId, 2, world.people.operator.id)).rejects.toMatchObject({ code: 'CS003' });
    await expect(addVersion(app, plan.planId, 3, world.people.author.id)).rejects.toMatchObject({ code: 'CS004' });
    await expect(addVersion(app, randomUUID(), 1, world.people.author.id)).rejects.toMatchObject({ code: '23503' });
  });
});
