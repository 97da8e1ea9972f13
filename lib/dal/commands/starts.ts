import 'server-only';
import { z } from 'zod';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { ControlTrx } from '#lib/store/db.ts';
import { endStart, findStart, scheduleStart, type ScheduledStart } from '#lib/store/scheduled-starts.ts';
import { databaseNamed } from '../control.ts';
import { digest, id, remark, version, word } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandContext, CommandSpec } from '../perform.ts';
import { lockPlanFacts, phaseFactsOf, type PhaseFacts, type PlanFacts } from '../plan-facts.ts';
import { refuseOldVersion, refuseOn, scheduleObstacles } from '../plan-rules.ts';
import { moment } from '../words.ts';

/** No approval stands longer. */
const AHEAD_DAYS = 366;

const startAt = z.string({ error: 'Say when it shall start.' }).refine((text) => !Number.isNaN(Date.parse(text)), 'Say when it shall start: a date and a time.').transform((text) => new Date(text));
const scheduleInput = z.object({ planId: id('the plan'), version, phaseId: word('the phase'), digest, startAt, reason: remark });
const moveInput = z.object({ startId: id('the scheduled start'), startAt });
const stopInput = z.object({ startId: id('the scheduled start'), reason: remark });

/** As a run is started, but at an instant to come; everything is asked again by the worker then. */
export const schedulePhaseSpec: CommandSpec<z.infer<typeof scheduleInput>, void> = {
  action: 'schedule phase',
  roles: ['operator'],
  schema: scheduleInput,
  run: async (trx, context, input) => {
    const facts = await lockPlanFacts(trx, input.planId, context.env.policy);
    refuseOldVersion(facts, input.version);
    const one = phaseFactsOf(facts, input.phaseId);
    if (one.start) throw new Refused('start_scheduled', `${one.start.by.name} scheduled the start of this phase for ${moment(one.start.startAt)}. Move that one.`);
    if (one.digest !== input.digest) throw new Refused('evidence_moved', 'The phase was measured or signed anew since you opened this page. Read what it says now, then schedule it.');
    const startId = await keepStart(trx, context, facts, one, { startAt: input.startAt, reason: input.reason });
    return {
      sentence: `“${one.phase.title}” starts at ${moment(input.startAt)}, if all stands then as it does now.`, planId: input.planId, ...(input.reason ? { reason: input.reason } : {}),
      detail: { startId, phaseId: input.phaseId, version: facts.stored.version, digest: one.digest, startAt: input.startAt.toISOString() },
    };
  },
};

/** The one who moves it is the one on whose word it starts. */
export const moveStartSpec: CommandSpec<z.infer<typeof moveInput>, void> = {
  action: 'move start',
  roles: ['operator'],
  schema: moveInput,
  run: async (trx, context, input) => {
    const { facts, start } = await waitingStart(trx, context, input.startId);
    const one = phaseFactsOf(facts, start.phaseId);
    if (start.version !== facts.stored.version || start.digest !== one.digest) throw new Refused('plan_changed', 'What was scheduled is not what stands now. Stop this start and schedule the phase anew.');
    await endStart(trx, start.id, { state: 'moved', sentence: `Moved to ${moment(input.startAt)} by ${context.person.name}.`, by: context.person.id });
    const startId = await keepStart(trx, context, facts, one, { startAt: input.startAt, reason: start.reason });
    return { sentence: `“${one.phase.title}” starts at ${moment(input.startAt)} now.`, planId: start.planId, detail: { startId, before: start.id, phaseId: start.phaseId, from: start.startAt.toISOString(), startAt: input.startAt.toISOString() } };
  },
};

export const stopStartSpec: CommandSpec<z.infer<typeof stopInput>, void> = {
  action: 'stop start',
  roles: ['operator', 'admin'],
  schema: stopInput,
  run: async (trx, context, input) => {
    const { facts, start } = await waitingStart(trx, context, input.startId);
    await endStart(trx, start.id, { state: 'stopped', sentence: `Stopped by ${context.person.name}${input.reason ? `: ${input.reason}` : ''}.`, by: context.person.id });
    return { sentence: `“${phaseFactsOf(facts, start.phaseId).phase.title}” does not start by itself any more.`, planId: start.planId, ...(input.reason ? { reason: input.reason } : {}), detail: { startId: start.id, phaseId: start.phaseId, startAt: start.startAt.toISOString(), scheduledBy: start.by.name } };
  },
};

async function keepStart(trx: ControlTrx, { person, env }: CommandContext, facts: PlanFacts, one: PhaseFacts, { startAt: at, reason }: { startAt: Date; reason: string }): Promise<string> {
  databaseNamed(facts.stored.target, env);
  if (at <= facts.now) throw new Refused('invalid_input', `${moment(at)} has passed. Choose a time to come, or start it now.`);
  if (at.getTime() - facts.now.getTime() > AHEAD_DAYS * 86_400_000) throw new Refused('invalid_input', 'That is more than a year ahead.');
  refuseOn(scheduleObstacles(facts, one, person, at));
  if (!one.digest) throw new Refused('evidence_missing', 'The phase was not measured since it was last changed.');
  return scheduleStart(trx, { planId: facts.stored.plan.id, version: facts.stored.version, phaseId: one.phase.id, target: facts.stored.target, digest: one.digest, startAt: at, reason, by: person.id });
}

/** Read again under the plan's lock, which a worker takes first too before it begins it. */
async function waitingStart(trx: ControlTrx, { env }: CommandContext, startId: string): Promise<{ facts: PlanFacts; start: ScheduledStart }> {
  const seen = await findStart(trx, startId);
  if (!seen) throw new Refused('not_found', 'There is no such scheduled start.');
  const facts = await lockPlanFacts(trx, seen.planId, env.policy);
  const start = facts.starts.find((other) => other.id === startId) ?? seen;
  if (start.state !== 'waiting') throw new Refused('not_scheduled', `It waits no more. ${start.sentence ?? ''}`.trim());
  return { facts, start };
}

export const schedulePhase = command(schedulePhaseSpec);
export const moveStart = command(moveStartSpec);
export const stopStart = command(stopStartSpec);
