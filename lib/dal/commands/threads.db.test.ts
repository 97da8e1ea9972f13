import { beforeEach, expect, test } from 'vitest';
import type { Plan } from '#lib/pipeline/plan.ts';
import { actBySession } from '#lib/store/acting.ts';
import { listAudit } from '#lib/store/audit.ts';
import { insertChangeRequest } from '#lib/store/change-requests.ts';
import { findNotice, markSpread, noticesToSpread } from '#lib/store/notices.ts';
import { findPerson, listPeople } from '#lib/store/people.ts';
import { insertPlan, saveVersion } from '#lib/store/plans.ts';
import { openMentions } from '#lib/store/threads.ts';
import { act, done, POLICY } from '#lib/testing/acting.ts';
import { addApproval, papers } from '#lib/testing/papers.ts';
import { execute, smallPlan, smallStep } from '#lib/testing/small-run.ts';
import { type ControlWorld, freshControl, type PersonName } from '#lib/testing/world.ts';
import { readPlanFacts } from '../plan-facts.ts';
import { mentionable, talkDto } from '../talk.ts';
import type { TalkDto } from '../dto/talk.ts';
import { resolveChangeRequestSpec } from './review.ts';
import { commentSpec, lookAtPlanSpec, reopenThreadSpec, settleThreadSpec } from './threads.ts';

type Stage = ControlWorld & { databases: readonly [] };

let world: Stage;
let plan: Plan;
beforeEach(async () => {
  world = { ...(await freshControl()), databases: [] };
  plan = smallPlan(['one', 'two', 'three'].map((name, at) => smallStep(`small.${at + 1}`, [execute(name, `select '${name}'`)])));
  await world.db.transaction().execute((trx) => insertPlan(trx, plan, world.people.author.id, 'Begun.'));
});

async function save(after: number, steps: Plan['phases'][number]['steps']): Promise<void> {
  plan = { ...plan, phases: plan.phases.map((phase) => ({ ...phase, steps })) };
  await world.db.transaction().execute((trx) => saveVersion(trx, plan, after, world.people.author.id, `Version ${after + 1}.`));
}

function say(person: PersonName, body: string, about: Record<string, string | number> = {}) {
  return act(world, person, commentSpec, { planId: plan.id, version: 1, body, ...about });
}

async function talk(person: PersonName): Promise<TalkDto> {
  const who = await findPerson(world.db, world.people[person].id);
  if (!who) throw new Error(`there is no ${person}`);
  return talkDto(world.db, await readPlanFacts(world.db, plan.id, POLICY), who, mentionable(await listPeople(world.db)));
}

async function firstThread(): Promise<TalkDto['threads'][number]> {
  const [thread] = (await talk('viewer')).threads;
  if (!thread) throw new Error('nobody said anything');
  return thread;
}

const places = async () => (await talk('viewer')).threads.map(({ phaseId, stepId, about }) => [phaseId, stepId, about]);

/** What a worker would tell now that waits so long for more versions. */
function ready(quiet: number) {
  return world.db.transaction().execute(async (trx) => {
    const found = await noticesToSpread(trx, 10, quiet);
    for (const { id } of found) await markSpread(trx, id);
    return Promise.all(found.map(({ id }) => findNotice(trx, id)));
  });
}

const notices = async () => (await world.db.selectFrom('notice').leftJoin('person', 'person.id', 'for_person').select(['event', 'person.name']).where('event', '<>', 'approval_wanted').orderBy('event').orderBy('person.name').execute()).map((row) => `${row.event} ${row.name ?? ''}`);

test('everybody says and answers, whose thread it is or who writes plans settles it, and all of it stands in the log and is never changed', async () => {
  expect(await done(say('viewer', 'Why `two`, @approver? And @nobody.', { phaseId: 'small', stepId: 'small.2' }))).toMatchObject({ sentence: 'Said; Approver is told. Nobody is called @nobody.' });
  const { id: threadId } = await firstThread();
  const planId = plan.id;
  await done(say('operator', 'Because of one.', { replyTo: threadId }));
  expect((await firstThread()).comments.map(({ by, parts }) => `${by}: ${parts.map((part) => part.text).join('|')}`)).toEqual(['Viewer: Why |two|, |Approver|? And @nobody.', 'Operator: Because of one.']);
  expect(await act(world, 'operator', settleThreadSpec, { planId, threadId })).toMatchObject({ status: 'refused', code: 'not_allowed' });
  await done(act(world, 'viewer', settleThreadSpec, { planId, threadId }));
  expect(await say('operator', 'One more.', { replyTo: threadId })).toMatchObject({ status: 'refused', sentence: 'The thread is settled. Open it again to answer.' });
  expect(await act(world, 'author', settleThreadSpec, { planId, threadId })).toMatchObject({ status: 'refused', code: 'invalid_input' });
  await done(act(world, 'approver2', reopenThreadSpec, { planId, threadId }));
  const nowhere: Record<string, string | number>[] = [{ phaseId: 'nowhere' }, { phaseId: 'small', stepId: 'small.9' }, { replyTo: plan.id }, { version: 7 }];
  for (const wrong of nowhere) expect(await say('author', 'Hm.', wrong), JSON.stringify(wrong)).toMatchObject({ status: 'refused', code: 'not_found' });
  expect(await act(world, null, commentSpec, { planId, version: 1, body: 'x' })).toMatchObject({ status: 'refused', code: 'not_signed_in' });
  expect((await listAudit(world.db, {}, 20)).map(({ action }) => action).filter((action) => !action.endsWith('refused'))).toEqual(['reopen thread', 'settle thread', 'comment', 'comment']);
  const app = await world.control.client('app');
  for (const change of [`update comment set body = 'x'`, 'delete from comment', 'delete from thread_state', 'delete from comment_mention']) await expect(app.query(change), change).rejects.toThrow(/permission denied|append-only/);
  await app.query("select set_config('countersign.signed_in', $1, false)", [world.people.viewer.id]);
  const inAnothersName = app.query('insert into comment (plan_id, version, person_id, body) values ($1, 1, $2, $3)', [planId, world.people.author.id, 'I agree.']);
  await expect(inAnothersName).rejects.toMatchObject({ code: 'CS011' });
});

test('a thread follows its step through edits, and stays under the phase when a version took the step out, even if its id is given again', async () => {
  const [one, two, three] = plan.phases[0]?.steps ?? [];
  if (!one || !two || !three) throw new Error('the plan has three steps');
  for (const step of [one, two, three]) await done(say('viewer', `About ${step.id}.`, { phaseId: 'small', stepId: step.id }));
  await done(say('viewer', 'About all of it.'));
  await save(1, [two, one, three]);
  await save(2, [two, one]);
  await save(3, [two, one, { ...three, title: 'Another with its id' }]);
  const lost = ['small', null, 'about a step that version 3 removed: Step small.3'];
  const still = [['small', 'small.1', 'step 2 · Step small.1'], ['small', 'small.2', 'step 1 · Step small.2'], lost, [null, null, '']];
  expect(await places()).toEqual(still);
  // On a page that was made before.
  await done(say('viewer', 'And why three?', { version: 2, phaseId: 'small', stepId: 'small.3' }));
  expect(await places()).toEqual([...still, lost]);
});

test('who is meant, who takes part, and who asked for changes is told, each once; and who answered is not asked again', async () => {
  await done(say('viewer', 'First.', { phaseId: 'small' }));
  const { id: replyTo } = await firstThread();
  await done(say('author', '@viewer @author: no.', { replyTo }));
  expect(await notices()).toEqual(['mentioned Viewer']);
  await done(say('operator', 'And yes, @author.', { replyTo }));
  expect(await notices()).toEqual(['answered Viewer', 'mentioned Author', 'mentioned Viewer']);
  const mine = async (person: PersonName) => (await openMentions(world.db, world.people[person].id)).map(({ by, phaseId }) => `${by} ${phaseId ?? ''}`);
  expect([await mine('author'), await mine('viewer')]).toEqual([['Operator small'], ['Author small']]);
  await done(say('viewer', 'Well.', { replyTo }));
  expect([await mine('author'), await mine('viewer')]).toEqual([['Operator small'], []]);
  await done(act(world, 'author', settleThreadSpec, { planId: plan.id, threadId: replyTo }));
  expect(await mine('author')).toEqual([]);
  const changeRequestId = await world.db.transaction().execute(async (trx) => {
    await actBySession(trx, world.people.approver.id);
    return insertChangeRequest(trx, { planId: plan.id, version: 1, phaseId: 'small', personId: world.people.approver.id, comment: 'Mend it.' });
  });
  await done(say('author', 'How?', { changeRequestId }));
  await done(act(world, 'author', resolveChangeRequestSpec, { changeRequestId }));
  expect((await notices()).filter((line) => line.endsWith('Approver'))).toEqual(['answered Approver', 'your_turn Approver']);
  expect((await talk('viewer')).threads.at(-1)).toMatchObject({ kind: 'request', comments: [{ by: 'Approver' }, { by: 'Author' }], settled: { by: null } });
});

test('whose approval became void is told that it is their turn again, unless they took it back themselves', async () => {
  const app = await world.control.client('app');
  for (const [by, reason] of [['approver', 'Approver took it back.'], ['author', 'The target moved.']] as const) {
    const approvalId = await addApproval(app, await papers(app, world.people.author.id), world.people.approver.id);
    await app.query("select set_config('countersign.signed_in', $1, false)", [world.people[by].id]);
    await app.query('update approval set voided_at = now(), void_reason = $2 where id = $1', [approvalId, reason]);
  }
  expect(await world.db.selectFrom('notice').select(['for_person', 'reason']).where('event', '=', 'your_turn').execute()).toEqual([{ for_person: world.people.approver.id, reason: 'Your approval is void: The target moved.' }]);
});

test('versions that are saved in a row are one notice, which waits until no more come', async () => {
  const steps = plan.phases[0]?.steps ?? [];
  await save(1, steps.toReversed());
  expect(await ready(600)).toEqual([]);
  expect(await ready(0)).toMatchObject([{ event: 'approval_wanted', versions: { from: 1, to: 2 }, person: 'Author', reason: 'Begun. Version 2.' }]);
  await save(2, steps);
  expect(await ready(0)).toMatchObject([{ versions: { from: 3, to: 3 } }]);
});

test('what others did since a person last looked is one line, and looking is no entry of the log', async () => {
  const look = async (person: PersonName, at: string) => done(act(world, person, lookAtPlanSpec, { planId: plan.id, version: 1, at }));
  expect((await talk('approver')).since).toBeNull();
  await look('approver', (await talk('approver')).seen.at);
  // Their last visit was an hour ago, the plan older.
  await world.db.updateTable('plan_seen').set({ at: new Date(Date.now() - 3_600_000) }).execute();
  const [one, two, three] = plan.phases[0]?.steps ?? [];
  if (!one || !two || !three) throw new Error('the plan has three steps');
  await save(1, [one, two, { ...three, title: 'Three' }]);
  await done(say('viewer', 'Good.', { phaseId: 'small' }));
  await done(say('approver', 'My own.'));
  const back = await talk('approver');
  expect(back.since?.news).toEqual([{ text: 'version 2 changed step 1.3', href: `/plans/${plan.id}/versions/2` }, { text: '1 comment', href: `/plans/${plan.id}?phase=small#said-${back.threads[0]?.id ?? ''}` }]);
  // While the visit goes on, the line stays; an instant to come is not believed.
  await look('approver', '2099-01-01T00:00:00.000Z');
  expect((await talk('approver')).since?.news).toHaveLength(2);
  await done(say('viewer', 'Once more.'));
  expect((await talk('approver')).since?.news[1]?.text).toBe('2 comments');
  expect((await listAudit(world.db, {}, 20)).map(({ action }) => action)).toEqual(['comment', 'comment', 'comment']);
});
