import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { beforeEach, describe, expect, test } from 'vitest';
import { addApproval, addVersion, papers, type Papers } from '#lib/testing/papers.ts';
import { freshControl, type ControlWorld } from '#lib/testing/world.ts';

let world: ControlWorld;
let app: Client;
let plan: Papers;

beforeEach(async () => {
  world = await freshControl();
  app = await world.control.client('app');
  plan = await papers(app, world.people.author.id);
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
