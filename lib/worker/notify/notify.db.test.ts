import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { addFollowUpSpec, endFollowUpSpec, takeFollowUpSpec } from '#lib/dal/commands/follow-ups.ts';
import { chooseMailSpec, createWebhookSpec, redeliverSpec } from '#lib/dal/commands/notifications.ts';
import { approvePhaseSpec, requestChangesSpec, withdrawApprovalSpec } from '#lib/dal/commands/review.ts';
import { NOTICE_EVENTS, type NoticeEvent } from '#lib/pipeline/notice.ts';
import { listAudit } from '#lib/store/audit.ts';
import { keptFollowUps } from '#lib/store/follow-ups.ts';
import { mailReaders, noticesToSpread, tellDue } from '#lib/store/notices.ts';
import { listDeliveries } from '#lib/store/webhooks.ts';
import { act, done } from '#lib/testing/acting.ts';
import { openMailbox } from '#lib/testing/mailbox.ts';
import { serveHttp } from '#lib/testing/http.ts';
import { endedRun, startSmallRun, tracedSteps } from '#lib/testing/small-run.ts';
import { QUIET, startWorker } from '#lib/testing/worker-process.ts';
import { noticeDue } from './spread.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';

const KEY = 'a key of at least thirty-two characters';
vi.mock('../../dal/control.ts', () => ({ configuration: () => ({ webhookKey: KEY }), control: () => null, databaseNamed: () => null }));

const NOTIFY = { ...QUIET, webhookKey: KEY, privateTargets: true, address: 'https://countersign.example.test' };

const POLICY = { approvals: 1, approvalsDestructive: 1, rehearsalRequired: [] };

interface Received {
  headers: Headers;
  body: string;
}

let world: World;
beforeEach(async () => {
  world = await freshWorld();
});

/** A receiver that answers in turn as it is told, and 200 then. */
async function receiver(...answers: number[]): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const url = await serveHttp(async (request) => {
    received.push({ headers: request.headers, body: await request.text() });
    return new Response(`taken ${'x'.repeat(500)}`, { status: answers.shift() ?? 200 });
  });
  return { url: `${url}/hook`, received };
}

async function webhook(url: string, events: readonly NoticeEvent[], form = 'json'): Promise<string> {
  return (await done(act(world, 'admin', createWebhookSpec, { name: `To ${form}`, url, form, events }))).once ?? '';
}

async function until<T>(found: () => Promise<T | null | undefined | false> | T | null | undefined | false): Promise<T> {
  for (const end = performance.now() + 20_000; performance.now() < end;) {
    const one = await found();
    if (one) return one;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it never came');
}

const eventsOf = (received: readonly Received[]) => received.map(({ headers }) => headers.get('x-countersign-event'));
const noticed = async () => (await world.db.selectFrom('notice').select('event').orderBy('at').orderBy('id').execute()).map((row) => row.event);

describe('a webhook', () => {
  test('is told of a run from its start to its end, signed with the secret that was shown once; address and secret stand in no table and no log', async () => {
    const { url, received } = await receiver();
    const secret = await webhook(url, ['run_started', 'run_applied', 'approval_given']);
    expect(secret).toMatch(/^whsec_[\w-]{43}$/);
    const { runId, plan } = await startSmallRun(world, tracedSteps(1));
    startWorker(world, { notify: NOTIFY });
    await endedRun(world, runId);
    await until(() => received.length === 3);
    expect(eventsOf(received).toSorted()).toEqual(['approval_given', 'run_applied', 'run_started']);
    for (const { headers, body } of received) {
      const [, seconds = '', signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers.get('x-countersign-signature') ?? '') ?? [];
      expect(signature).toBe(createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex'));
      expect(Math.abs(Date.now() / 1_000 - Number(seconds))).toBeLessThan(60);
    }
    const applied = received.find(({ headers }) => headers.get('x-countersign-event') === 'run_applied');
    expect(JSON.parse(applied?.body ?? '')).toMatchObject({ event: 'run_applied', plan: { id: plan.id, name: 'Small plan', target: 'bazaar_prod' }, phase: { number: 1, title: 'Small phase' }, run: { id: runId, kind: 'forward', state: 'applied' }, person: 'Operator', url: `https://countersign.example.test/runs/${runId}`, title: 'A phase was applied: Small plan (bazaar_prod)' });
    const [line] = await until(async () => {
      const lines = await listDeliveries(world.db, 10);
      return lines.every((one) => one.state === 'delivered') && lines;
    });
    expect(line).toMatchObject({ to: 'To json', byMail: false, attempts: [{ status: 200, answer: expect.stringMatching(/^taken x{194}$/) }] });
    const everything = JSON.stringify([await world.db.selectFrom('webhook').selectAll().execute(), await listAudit(world.db, {}, 50)]);
    expect(everything).toContain('127.0.0.1');
    expect(everything).not.toContain('/hook');
    expect(everything).not.toContain(secret.slice(6));
  });

  test('that fails is tried again later, and once more when somebody asks for it', async () => {
    const { url, received } = await receiver(302);
    await webhook(url, ['phase_due']);
    const { plan } = await startSmallRun(world, tracedSteps(1));
    await tellDue(world.db, plan.id, 'small', '2026-11-21T00:00:00Z');
    await tellDue(world.db, plan.id, 'small', '2026-11-21T00:00:00Z');
    startWorker(world, { notify: NOTIFY, retrySeconds: 1 });
    const [line] = await until(async () => {
      const lines = await listDeliveries(world.db, 10);
      return lines[0]?.state === 'delivered' && lines;
    });
    expect(line?.attempts.map(({ status }) => status)).toEqual([302, 200]);
    expect(new Set(received.map(({ headers }) => headers.get('x-countersign-delivery'))).size).toBe(1);
    expect(await act(world, 'operator', redeliverSpec, { deliveryId: line?.id ?? '' })).toMatchObject({ status: 'refused', code: 'not_allowed' });
    await done(act(world, 'admin', redeliverSpec, { deliveryId: line?.id ?? '' }));
    await until(() => received.length === 3);
  });

  test('does not lead into the private network unless the configuration allows it, and says so without being tried again', async () => {
    const { url, received } = await receiver();
    await webhook(url, ['phase_due']);
    await webhook(url.replace('http://127.0.0.1', 'https://localhost'), ['phase_due'], 'slack');
    const { plan } = await startSmallRun(world, tracedSteps(1));
    await tellDue(world.db, plan.id, 'small', 'now');
    startWorker(world, { notify: { ...NOTIFY, privateTargets: false } });
    const lines = await until(async () => {
      const all = await listDeliveries(world.db, 10);
      return all.length === 2 && all.every((one) => one.state === 'failed') && all;
    });
    expect(lines.flatMap((line) => line.attempts.map(({ answer }) => answer)).toSorted()).toEqual(['Refused: only https:// is allowed (COUNTERSIGN_WEBHOOK_PRIVATE).', 'Refused: the name leads into a private network (COUNTERSIGN_WEBHOOK_PRIVATE).']);
    expect(received).toEqual([]);
  });
});

describe('mail', () => {
  test('goes to whom an event concerns and to who asked for it, not to who did it or who wants none, and is refused for good where the server says so', async () => {
    const { url, mails } = await openMailbox();
    await world.db.updateTable('person').set({ email: 'refuse@demo.test' }).where('id', '=', world.people.approver2.id).execute();
    await done(act(world, 'viewer', chooseMailSpec, { events: ['approval_wanted', 'approval_given'] }));
    await done(act(world, 'admin', chooseMailSpec, { events: [] }));
    await startSmallRun(world, tracedSteps(1));
    await world.db.updateTable('run').set({ state: 'refused', ended_at: new Date(), sentence: 'Not today.' }).execute();
    startWorker(world, { notify: { ...NOTIFY, smtpUrl: url } });
    const lines = await until(async () => {
      const all = await listDeliveries(world.db, 20);
      return all.length > 0 && all.every((line) => line.state !== 'waiting') && all;
    });
    const told = lines.map((line) => `${line.event} ${line.to} ${line.state}`).toSorted();
    expect(told).toEqual(['approval_given Author delivered', 'approval_given Viewer delivered', 'approval_wanted Approver delivered', 'approval_wanted Approver2 failed', 'approval_wanted Viewer delivered', 'run_failed Author delivered', 'run_failed Operator delivered']);
    expect(lines.find((line) => line.state === 'failed')?.attempts).toEqual([expect.objectContaining({ status: 550, answer: '550 no such mailbox' })]);
    const failed = mails.find(({ to, text }) => to.includes('operator@demo.test') && text.includes('run_failed'));
    expect(failed?.text).toMatch(/^Subject: A run failed, was refused or cancelled: Small plan \(bazaar_prod\)\r?$/m);
    expect(failed?.text.replaceAll(/=\r\n/g, '')).toContain('Not today.');
    expect(failed?.text).toContain('Auto-Submitted: auto-generated');
  });
});

describe('what is told', () => {
  test('is written with what happens, whichever way it happens: signing, taking back, asking for changes, saving, a follow-up whose time has come, drift', async () => {
    const { plan } = await startSmallRun(world, tracedSteps(1));
    expect(await noticed()).toEqual(['approval_wanted', 'approval_given']);
    await noticeDue({ db: world.db, policy: POLICY });
    expect(await noticed(), 'somebody has pressed the button already').toHaveLength(2);
    const approval = await world.db.selectFrom('approval').select('id').executeTakeFirstOrThrow();
    await world.db.updateTable('run').set({ state: 'refused', ended_at: new Date(), sentence: 'Not today.' }).execute();
    await done(act(world, 'approver', withdrawApprovalSpec, { approvalId: approval.id, reason: 'second thoughts' }));
    await done(act(world, 'approver', requestChangesSpec, { planId: plan.id, version: 1, phaseId: 'small', comment: 'Say why.' }));
    expect((await noticed()).slice(2)).toEqual(['run_failed', 'approval_voided', 'changes_requested']);
    expect(await act(world, 'author', approvePhaseSpec, { planId: plan.id, version: 1, phaseId: 'small', digest: 'a'.repeat(64), comment: '' })).toMatchObject({ status: 'refused' });
    expect(await noticed()).toHaveLength(5);
    const due = { planId: plan.id, title: 'Look at the old tables', dueAt: '2026-01-01T00:00:00Z', owner: world.people.approver.id };
    expect(await act(world, 'viewer', addFollowUpSpec, due)).toMatchObject({ status: 'refused', code: 'not_allowed' });
    expect(await act(world, 'author', addFollowUpSpec, { ...due, owner: world.people.viewer.id })).toMatchObject({ status: 'refused', code: 'not_found' });
    await done(act(world, 'author', addFollowUpSpec, due));
    await noticeDue({ db: world.db, policy: POLICY });
    await noticeDue({ db: world.db, policy: POLICY });
    expect((await noticed()).slice(5)).toEqual(['follow_up_due']);
    const told = await world.db.transaction().execute((trx) => noticesToSpread(trx, 50, 0));
    expect(await mailReaders(world.db, told.at(-1) ?? expect.fail('no notice'))).toEqual(expect.arrayContaining([world.people.approver.id, world.people.author.id]));
    const [{ key } = { key: '' }] = await keptFollowUps(world.db, plan.id);
    await done(act(world, 'operator', takeFollowUpSpec, { planId: plan.id, key }));
    expect(await act(world, 'operator', endFollowUpSpec, { planId: plan.id, key, verdict: 'done', note: ' ' })).toMatchObject({ status: 'refused', code: 'invalid_input' });
    await done(act(world, 'operator', endFollowUpSpec, { planId: plan.id, key, verdict: 'dropped', note: 'They are needed.' }));
    expect(await act(world, 'author', endFollowUpSpec, { planId: plan.id, key, verdict: 'done', note: 'again' })).toMatchObject({ status: 'refused', code: 'follow_up_ended', sentence: 'This was dropped already, by Operator.' });
    expect(await keptFollowUps(world.db, plan.id)).toMatchObject([{ owner: { name: 'Operator' }, addedBy: 'Author', state: 'dropped', end: { by: 'Operator', note: 'They are needed.' } }]);
    await expect(world.db.updateTable('follow_up').set({ state: 'open', note: null, ended_at: null, ended_by: null }).execute()).rejects.toMatchObject({ code: 'CS033' });
    const { rows } = await (await world.control.client('owner')).query<{ rule: string }>("select pg_get_constraintdef(oid) as rule from pg_constraint where conname = 'notice_event_check'");
    expect([...(rows[0]?.rule ?? '').matchAll(/'(\w+)'/g)].map((match) => match[1])).toEqual([...NOTICE_EVENTS]);
  });
});
