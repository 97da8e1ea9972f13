import 'server-only';
import { z } from 'zod';
import { Refused } from '#lib/pipeline/refusal.ts';
import { phasesToRehearse } from '#lib/pipeline/rehearsal.ts';
import { requestRehearsal, stopRehearsal } from '#lib/store/rehearsals.ts';
import { databaseNamed } from '../control.ts';
import { id, version } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandSpec } from '../perform.ts';
import { lockPlanFacts } from '../plan-facts.ts';
import { refuseOldVersion } from '../plan-rules.ts';

const rehearseInput = z.object({ planId: id('the plan'), version });

/** Asks a worker to carry the plan out on a clone of its target and to take it back there. The target itself is only read. */
export const rehearsePlanSpec: CommandSpec<z.infer<typeof rehearseInput>, void> = {
  action: 'rehearse plan',
  roles: ['author', 'operator'],
  schema: rehearseInput,
  run: async (trx, { person, env }, input) => {
    const facts = await lockPlanFacts(trx, input.planId, env.policy);
    refuseOldVersion(facts, input.version);
    const { target, plan } = facts.stored;
    databaseNamed(target, env);
    if (facts.busy) throw new Refused('target_busy', `A run is changing ${target}. Rehearse when it has ended.`);
    const chosen = phasesToRehearse(plan.phases, facts.standings);
    if (chosen.now.length === 0) throw new Refused('phase_applied', 'No phase is left that could be rehearsed: all of them stand, or cannot be taken back.');
    const rehearsal = await requestRehearsal(trx, { planId: input.planId, version: facts.stored.version, target, requestedBy: person.id });
    if (rehearsal === null) throw new Refused('rehearsal_under_way', 'This plan is being rehearsed already.');
    return { sentence: 'A worker rehearses the plan on a clone of the target.', planId: input.planId, detail: { rehearsal, version: facts.stored.version, phases: chosen.now.map((phase) => phase.id), left: chosen.left } };
  },
};

const stopInput = z.object({ planId: id('the plan') });

/** Has the plan's rehearsal end now, wherever it is; its clone goes with it. */
export const stopRehearsalSpec: CommandSpec<z.infer<typeof stopInput>, void> = {
  action: 'stop rehearsal',
  roles: ['author', 'operator'],
  schema: stopInput,
  run: async (trx, { person }, { planId }) => {
    const stopped = await stopRehearsal(trx, planId, person);
    if (stopped === null) throw new Refused('run_ended', 'The rehearsal has already ended.');
    const sentence = stopped.how === 'ended' ? 'The rehearsal had not begun, and is taken back.' : stopped.how === 'asked' ? 'The worker was told to stop.' : 'The worker had been told already.';
    return { sentence, planId, detail: { rehearsal: stopped.id, how: stopped.how } };
  },
};

export const rehearsePlan = command(rehearsePlanSpec);
export const endRehearsal = command(stopRehearsalSpec);
