import 'server-only';
import { z } from 'zod';
import { withRehearsedPause } from '#lib/pipeline/planner/rehearsed-pause.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { id, version, word } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandSpec } from '../perform.ts';
import { lockPlanFacts, phaseFactsOf } from '../plan-facts.ts';
import { refuseOldVersion } from '../plan-rules.ts';
import { planOrRefusal, readingsOf, save } from './plans.ts';

const pauseInput = z.object({ planId: id('the plan'), version, phaseId: word('the phase') });

/** Chooses anew how the tables of a phase are converted, by the pause that its rehearsal measured instead of the one that was estimated. */
export const planByRehearsalSpec: CommandSpec<z.infer<typeof pauseInput>, void> = {
  action: 'plan by rehearsal',
  roles: ['author'],
  schema: pauseInput,
  run: async (trx, context, input) => {
    const facts = await lockPlanFacts(trx, input.planId, context.env.policy);
    refuseOldVersion(facts, input.version);
    const one = phaseFactsOf(facts, input.phaseId);
    if (!one.longPause) throw new Refused('invalid_input', `No rehearsal of this version kept writers waiting for longer than “${one.phase.title}” was planned for.`);
    const { seconds, budget } = one.longPause;
    const { current, desired } = await readingsOf(trx, facts.stored.plan);
    const plan = planOrRefusal(withRehearsedPause(facts.stored.plan, one.phase, seconds, { current, desiredSnapshot: desired }));
    const said = `The rehearsal kept writers waiting for ${seconds.toFixed(1)} s, and ${budget} s was the most that “${one.phase.title}” was planned for.`;
    return save(trx, context, facts, plan, { sentence: 'Planned anew by what the rehearsal measured. What changed is measured and signed again.', reason: said, detail: { phaseId: input.phaseId, seconds, budget } }, said);
  },
};

export const planByRehearsal = command(planByRehearsalSpec);
