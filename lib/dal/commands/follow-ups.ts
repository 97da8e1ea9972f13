import 'server-only';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { BY_HAND, type FollowUp } from '#lib/pipeline/follow-ups.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { addFollowUp as add, endFollowUp as end, ownFollowUp } from '#lib/store/follow-ups.ts';
import type { ControlTrx } from '#lib/store/db.ts';
import { findPerson } from '#lib/store/people.ts';
import { FOLLOW_UP_ROLES, mayFollowUp } from '../follow-up-dto.ts';
import { id, word } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandContext, CommandSpec } from '../perform.ts';
import { lockPlanFacts } from '../plan-facts.ts';
import { moment } from '../words.ts';

const title = z.string({ error: 'Say what is to be done.' }).trim().min(1, 'Say what is to be done.').max(300, 'That may have at most 300 characters.');
const dueAt = z.string({ error: 'Say when it is due.' }).refine((text) => !Number.isNaN(Date.parse(text)), 'Say when it is due: a date and a time.').transform((text) => new Date(text));
const note = z.string({ error: 'Say in a few words how it ended.' }).trim().min(1, 'Say in a few words how it ended: it stands in the report.').max(2000, 'The note may have at most 2,000 characters.');
const addInput = z.object({ planId: id('the plan'), title, dueAt, owner: z.union([z.uuid(), z.literal('')], { error: 'There is no such person.' }).default('') });
const item = { planId: id('the plan'), key: word('the follow-up') };
const takeInput = z.object(item);
const endInput = z.object({ ...item, verdict: z.enum(['done', 'dropped'], { error: 'Say whether it was done or dropped.' }), note });

export const addFollowUpSpec: CommandSpec<z.infer<typeof addInput>, void> = {
  action: 'add follow-up',
  roles: FOLLOW_UP_ROLES,
  schema: addInput,
  run: async (trx, { person, env }, input) => {
    const facts = await lockPlanFacts(trx, input.planId, env.policy);
    const owner = input.owner === '' ? null : await findPerson(trx, input.owner);
    if (input.owner !== '' && (!owner || owner.disabledAt || !mayFollowUp(owner))) throw new Refused('not_found', 'There is nobody of that name who could do it.');
    const key = `${BY_HAND}${randomUUID()}`;
    await add(trx, { planId: facts.stored.plan.id, key, title: input.title, dueAt: input.dueAt, ownerId: owner?.id ?? null, by: person.id });
    return { sentence: `Due ${moment(input.dueAt)}: ${input.title}`, planId: input.planId, detail: { key, title: input.title, dueAt: input.dueAt.toISOString(), owner: owner?.name ?? null } };
  },
};

export const takeFollowUpSpec: CommandSpec<z.infer<typeof takeInput>, void> = {
  action: 'take follow-up',
  roles: FOLLOW_UP_ROLES,
  schema: takeInput,
  run: async (trx, context, input) => {
    const one = await openItem(trx, context, input);
    await ownFollowUp(trx, { planId: input.planId, key: one.key, title: one.title, ownerId: context.person.id, by: context.person.id });
    return { sentence: 'It is yours now.', planId: input.planId, detail: { key: one.key, title: one.title, before: one.owner?.name ?? null } };
  },
};

export const endFollowUpSpec: CommandSpec<z.infer<typeof endInput>, void> = {
  action: 'end follow-up',
  roles: FOLLOW_UP_ROLES,
  schema: endInput,
  run: async (trx, context, input) => {
    const one = await openItem(trx, context, input);
    if (one.phaseId !== null && input.verdict === 'done') throw new Refused('invalid_input', 'This closes by itself when its phase has run. Drop it, with the reason, when it is not to run.');
    await end(trx, { planId: input.planId, key: one.key, title: one.title, by: context.person.id }, input.verdict, input.note);
    return { sentence: input.verdict === 'done' ? `Done: ${one.title}` : `Dropped: ${one.title}`, planId: input.planId, reason: input.note, detail: { key: one.key, title: one.title, verdict: input.verdict, dueAt: one.dueAt } };
  },
};

/** Under the plan's lock: two people who end it at once do not both. */
async function openItem(trx: ControlTrx, { env }: CommandContext, input: { planId: string; key: string }): Promise<FollowUp> {
  const one = (await lockPlanFacts(trx, input.planId, env.policy)).followUps.find(({ key }) => key === input.key);
  if (!one) throw new Refused('not_found', 'The plan has no such follow-up any more.');
  if (one.state !== 'open') throw new Refused('follow_up_ended', `This was ${one.state} already${one.end?.by ? `, by ${one.end.by}` : ''}.`);
  return one;
}

export const addFollowUp = command(addFollowUpSpec);
export const takeFollowUp = command(takeFollowUpSpec);
export const endFollowUp = command(endFollowUpSpec);
