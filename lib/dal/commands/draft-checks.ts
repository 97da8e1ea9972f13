import 'server-only';
import { z } from 'zod';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { ControlTrx } from '#lib/store/db.ts';
import { comparedWith, compareWith, requestDraftCheck } from '#lib/store/draft-checks.ts';
import { latestReading } from '#lib/store/snapshots.ts';
import { id, version, word } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandContext, CommandResult, CommandSpec } from '../perform.ts';
import { lockPlanFacts, type PlanFacts } from '../plan-facts.ts';
import { refuseOldVersion } from '../plan-rules.ts';
import { keepSides, readSides, type SideRead } from '../readings.ts';
import { whyNotChecked } from '../draft-dto.ts';

const checkInput = z.object({ planId: id('the plan'), version });

/** Asks a worker what the plan would make of its target: on an empty clone, compared with the side that the plan is compared with. The target itself is not touched. */
export const checkDraftSpec: CommandSpec<z.infer<typeof checkInput>, void> = {
  action: 'check draft',
  roles: ['author', 'operator'],
  schema: checkInput,
  run: async (trx, context, input) => {
    const facts = await lockPlanFacts(trx, input.planId, context.env.policy);
    refuseOldVersion(facts, input.version);
    const side = await comparedWith(trx, input.planId);
    if (side === null) throw new Refused('invalid_input', 'Choose first what the plan is to be compared with.');
    return asked(trx, context, facts, side);
  },
};

const sideInput = z.object({ planId: id('the plan'), version, side: word('what to compare with') });

/** Keeps what a plan is compared with, and asks for the check. It is no part of the plan's text, and of no signature. */
export const comparePlanWithSpec: CommandSpec<z.infer<typeof sideInput>, readonly SideRead[]> = {
  action: 'compare plan with',
  roles: ['author'],
  schema: sideInput,
  prepare: async (context, { side }) => ((await latestReading(context.db, side)) ? [] : readSides(context, [side])),
  run: async (trx, context, input, sides) => {
    const facts = await lockPlanFacts(trx, input.planId, context.env.policy);
    refuseOldVersion(facts, input.version);
    if (input.side === facts.stored.target) throw new Refused('invalid_input', `The plan changes ${input.side}: compare it with another side.`);
    await keepSides(trx, sides, context.person.id);
    if (!(await latestReading(trx, input.side))) throw new Refused('source_unknown', `There is nothing called “${input.side}” to compare with.`);
    await compareWith(trx, input.planId, input.side);
    return asked(trx, context, facts, input.side);
  },
};

async function asked(trx: ControlTrx, { env, person }: CommandContext, facts: PlanFacts, side: string): Promise<CommandResult> {
  if (env.sources.scratchUrl === null) throw new Refused('scratch_missing', 'No scratch server is configured, and a draft is checked nowhere else (COUNTERSIGN_SCRATCH_URL).');
  const why = whyNotChecked(facts);
  if (why !== null) throw new Refused('steps_stand', why);
  const { plan, version: now, target } = facts.stored;
  const check = await requestDraftCheck(trx, { planId: plan.id, version: now, target, desired: side, requestedBy: person.id });
  if (check === null) throw new Refused('draft_under_way', 'A draft of this plan is being checked already.');
  return { sentence: `A worker finds out what the plan would make of ${target}, and compares it with ${side}.`, planId: plan.id, detail: { check, version: now, side } };
}

export const checkDraft = command(checkDraftSpec);
export const comparePlanWith = command(comparePlanWithSpec);
