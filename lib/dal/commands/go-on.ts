import 'server-only';
import { z } from 'zod';
import { goneOn } from '#lib/pipeline/editor/go-on.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { id, reason, version, word } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandSpec } from '../perform.ts';
import { lockPlanFacts, phaseFactsOf } from '../plan-facts.ts';
import { refuseOldVersion } from '../plan-rules.ts';
import { planOrRefusal, save } from './plans.ts';

const goOnInput = z.object({ planId: id('the plan'), version, phaseId: word('the phase'), reason });

/** Leaves what stands without a way back, by name, and makes what is left of the phase a new version, to be measured and signed. */
export const goOnSpec: CommandSpec<z.infer<typeof goOnInput>, void> = {
  action: 'go on after what stands',
  roles: ['author'],
  schema: goOnInput,
  run: async (trx, context, input) => {
    const facts = await lockPlanFacts(trx, input.planId, context.env.policy);
    refuseOldVersion(facts, input.version);
    const one = phaseFactsOf(facts, input.phaseId);
    if (!one.stuck) throw new Refused('invalid_input', one.standing.state === 'partial' ? 'Some of what stands can be taken back. Roll the phase back first.' : 'No run of this phase ended in the middle.');
    const plan = planOrRefusal(goneOn(facts.stored.plan, input.phaseId, one.standing.standingSteps));
    const titles = one.stuck.map((title) => `“${title}”`).join(', ');
    return save(trx, context, facts, plan, { sentence: 'What is left of the phase is a new version. Mend it, measure it, and have it signed.', reason: input.reason, detail: { phaseId: input.phaseId, left: one.standing.standingSteps } }, `Went on after ${titles}, which stands: ${input.reason}`, input.phaseId);
  },
};

export const goOn = command(goOnSpec);
