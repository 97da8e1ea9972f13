import 'server-only';
import { z } from 'zod';
import { findPhase } from '#lib/pipeline/plan.ts';
import { mentionedIn } from '#lib/pipeline/mention.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { findChangeRequest } from '#lib/store/change-requests.ts';
import type { ControlTrx } from '#lib/store/db.ts';
import { listPeople } from '#lib/store/people.ts';
import { findVersion, lockPlan } from '#lib/store/plans.ts';
import { keepLook } from '#lib/store/seen.ts';
import { findThread, insertComment, setThreadState } from '#lib/store/threads.ts';
import { id, version } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandSpec } from '../perform.ts';
import { maySettle, mentionable } from '../talk.ts';

const EVERYBODY = ['viewer', 'author', 'approver', 'operator', 'admin'] as const;

/** Empty: left out. */
const ofPlan = (what: string) => z.string().trim().max(1000, `The form's field for ${what} is too long.`).default('').transform((text) => (text === '' ? null : text));
const ofThread = (what: string) => z.union([z.literal('').transform(() => null), id(what)]).default(null);
const body = z.string({ error: 'Write something.' }).transform((text) => text.replaceAll('\r\n', '\n').trim()).pipe(z.string().min(1, 'Write something.').max(4_000, 'A comment may have at most 4,000 characters.'));
const commentInput = z
  .object({ planId: id('the plan'), version, phaseId: ofPlan('the phase'), stepId: ofPlan('the step'), replyTo: ofThread('the thread'), changeRequestId: ofThread('the change request'), body })
  .refine((input) => [input.replyTo, input.changeRequestId, input.phaseId].filter((one) => one !== null).length <= 1, { path: ['replyTo'], message: 'An answer belongs to one thread. Load the page again.' });
const threadInput = z.object({ planId: id('the plan'), threadId: id('the thread') });
const seenInput = z.object({ planId: id('the plan'), version, at: z.iso.datetime({ error: 'The form lacks when the page was made.' }).transform((text) => new Date(text)) });

type CommentInput = z.infer<typeof commentInput>;

/** Everybody who sees a plan may say something about it: about the version that they look at, even if a newer one was saved meanwhile. */
export const commentSpec: CommandSpec<CommentInput, void> = {
  action: 'comment',
  roles: EVERYBODY,
  schema: commentInput,
  run: async (trx, { person }, input) => {
    if (!(await lockPlan(trx, input.planId))) throw new Refused('not_found', 'There is no such plan.');
    await refuseNoAnchor(trx, input);
    await refuseSettled(trx, input);
    const people = mentionable(await listPeople(trx));
    const { ids, unknown } = mentionedIn(input.body, people);
    const { body: text, ...about } = input;
    const commentId = await insertComment(trx, { ...about, body: text, personId: person.id, mentions: ids });
    const told = people.filter((one) => ids.includes(one.id) && one.id !== person.id).map((one) => one.name);
    return { sentence: saidSentence(told, unknown), planId: input.planId, reason: text, detail: { commentId, ...about, mentions: ids } };
  },
};

function saidSentence(told: readonly string[], unknown: readonly string[]): string {
  const missed = unknown.length === 0 ? '' : ` Nobody is called ${unknown.map((word) => `@${word}`).join(', ')}.`;
  return `${told.length === 0 ? 'Said.' : `Said; ${told.join(', ')} ${told.length === 1 ? 'is' : 'are'} told.`}${missed}`;
}

async function refuseNoAnchor(trx: ControlTrx, { planId, version: seen, phaseId, stepId }: CommentInput): Promise<void> {
  const plan = await findVersion(trx, planId, seen);
  if (!plan) throw new Refused('not_found', 'There is no such version of this plan.');
  if (phaseId === null && stepId === null) return;
  const phase = phaseId === null ? undefined : findPhase(plan, phaseId);
  if (!phase || (stepId !== null && !phase.steps.some((step) => step.id === stepId))) throw new Refused('not_found', `Version ${seen} of the plan has no such phase or step.`);
}

async function refuseSettled(trx: ControlTrx, { planId, replyTo, changeRequestId }: CommentInput): Promise<void> {
  if (replyTo !== null) {
    const thread = await findThread(trx, replyTo);
    if (!thread || thread.planId !== planId) throw new Refused('not_found', 'There is no such thread in this plan.');
    if (thread.settled) throw new Refused('invalid_input', 'The thread is settled. Open it again to answer.');
  }
  if (changeRequestId !== null) {
    const request = await findChangeRequest(trx, changeRequestId);
    if (!request || request.planId !== planId) throw new Refused('not_found', 'There is no such change request in this plan.');
    if (request.resolved) throw new Refused('invalid_input', 'The request is settled. Begin another thread.');
  }
}

export const settleThreadSpec = turning('settle thread', true);
export const reopenThreadSpec = turning('reopen thread', false);

function turning(action: string, settled: boolean): CommandSpec<z.infer<typeof threadInput>, void> {
  return {
    action,
    roles: EVERYBODY,
    schema: threadInput,
    run: async (trx, { person }, { planId, threadId }) => {
      if (!(await lockPlan(trx, planId))) throw new Refused('not_found', 'There is no such plan.');
      const thread = await findThread(trx, threadId);
      if (!thread || thread.planId !== planId) throw new Refused('not_found', 'There is no such thread in this plan.');
      if (!maySettle(person, thread)) throw new Refused('not_allowed', 'Who began the thread settles it, or an author or approver.');
      if (thread.settled === settled) throw new Refused('invalid_input', settled ? 'The thread was settled already.' : 'The thread is open already.');
      await setThreadState(trx, threadId, settled, person.id);
      return { sentence: settled ? 'The thread is settled.' : 'The thread is open again.', planId, detail: { threadId } };
    },
  };
}

/** The page says that it was really looked at. No act, so nothing of it goes into the log. */
export const lookAtPlanSpec: CommandSpec<z.infer<typeof seenInput>, void> = {
  action: 'look at plan',
  roles: EVERYBODY,
  unlogged: true,
  schema: seenInput,
  run: async (trx, { person }, { planId, version: seen, at }) => {
    if (!(await findVersion(trx, planId, seen))) throw new Refused('not_found', 'There is no such version of this plan.');
    await keepLook(trx, planId, person.id, { version: seen, at });
    return { sentence: '' };
  },
};

export const comment = command(commentSpec);
export const settleThread = command(settleThreadSpec);
export const reopenThread = command(reopenThreadSpec);
export const lookAtPlan = command(lookAtPlanSpec);
