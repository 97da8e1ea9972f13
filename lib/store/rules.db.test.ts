import type { Client } from 'pg';
import { beforeEach, describe, expect, test } from 'vitest';
import { addApproval, addGlass, addRehearsal, addRole, addRun, addVersion, layPolicy, OTHER_DIGEST, papers, type Papers } from '#lib/testing/papers.ts';
import { freshControl, type ControlWorld } from '#lib/testing/world.ts';
import { listApprovals } from './approvals.ts';

let world: ControlWorld;
let app: Client;
let plan: Papers;

beforeEach(async () => {
  world = await freshControl();
  app = await world.control.client('app');
  plan = await papers(app, world.people.author.id);
});

function ask(from: string) {
  return { label: 'rows', sql: 'SELECT 1', expect: { from } };
}

describe('four eyes, in the control database itself', () => {
  test('a row that lets the author approve is refused', async () => {
    await addRole(app, 'approver', world.people.author.id);
    await expect(addApproval(app, plan, world.people.author.id)).rejects.toMatchObject({ code: 'CS002' });
  });

  test('whoever edited any version may not approve, even a later one that somebody else saved', async () => {
    await addRole(app, 'author', world.people.approver.id);
    await addVersion(app, plan.planId, 2, world.people.approver.id);
    await addVersion(app, plan.planId, 3, world.people.author.id);
    await expect(addApproval(app, plan, world.people.approver.id, { version: 3 })).rejects.toMatchObject({ code: 'CS002' });
  });

  test('an admin who wrote the plan is not exempt', async () => {
    await addRole(app, 'author', world.people.admin.id);
    await addRole(app, 'approver', world.people.admin.id);
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
      await addRole(app, 'approver', rows[0]?.id ?? '');
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
    // What is over for policy stands beside the signature for good.
    const by = new Map((await listApprovals(world.db, plan.planId)).map(({ personId, accountBy }) => [personId, accountBy]));
    expect(by).toEqual(new Map([[other, null], [approver2.id, null], [own, author.name]]));
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
    await addRole(app, 'approver', world.people.author.id);
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
    await addRole(app, 'author', world.people.approver.id);
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
