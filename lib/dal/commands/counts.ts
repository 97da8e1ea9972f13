import 'server-only';
import { z } from 'zod';
import { COUNT_MS } from '#lib/pipeline/count.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { countOn, findCount, requestCount, requestCountStop } from '#lib/store/exact-counts.ts';
import { databaseNamed } from '../control.ts';
import { id, version, word } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandSpec } from '../perform.ts';
import { lockPlanFacts, phaseFactsOf } from '../plan-facts.ts';
import { refuseOldVersion, STANDING } from '../plan-rules.ts';

const countInput = z.object({ planId: id('the plan'), version, phaseId: word('the phase') });
const stopInput = z.object({ countId: id('the count') });

/** Asks a worker to measure the phase without the budget of a page, with the reader's credential. */
export const countExactlySpec: CommandSpec<z.infer<typeof countInput>, void> = {
  action: 'count exactly',
  roles: ['author', 'approver', 'operator'],
  schema: countInput,
  run: async (trx, { person, env }, input) => {
    const facts = await lockPlanFacts(trx, input.planId, env.policy);
    refuseOldVersion(facts, input.version);
    const { target } = facts.stored;
    databaseNamed(target, env);
    const one = phaseFactsOf(facts, input.phaseId);
    if (STANDING.includes(one.standing.state)) throw new Refused('phase_applied', 'The phase stands in the target; what it was measured by before is its record.');
    if (facts.busy) throw new Refused('target_busy', `A run is changing ${target} now. Count when it has ended.`);
    const countId = await requestCount(trx, { planId: input.planId, version: facts.stored.version, phaseId: input.phaseId, target, requestedBy: person.id });
    if (countId === null) throw new Refused('count_under_way', `${(await countOn(trx, target))?.requestedBy.name ?? 'Somebody'} has something counted on ${target} already. One at a time.`);
    return { sentence: 'A worker counts it. Nobody needs to wait here.', planId: input.planId, detail: { countId, phaseId: input.phaseId, version: facts.stored.version, longestQuestionMs: COUNT_MS } };
  },
};

export const stopCountSpec: CommandSpec<z.infer<typeof stopInput>, void> = {
  action: 'stop count',
  roles: ['author', 'approver', 'operator', 'admin'],
  schema: stopInput,
  run: async (trx, { person }, input) => {
    const count = await findCount(trx, input.countId);
    if (!count) throw new Refused('not_found', 'There is no such count.');
    if (count.endedAt) throw new Refused('count_ended', 'The count has ended already.');
    const stopped = await requestCountStop(trx, count.id, person);
    return { sentence: stopped === 'ended' ? 'The count is stopped.' : 'The worker was told to stop counting.', planId: count.planId, detail: { countId: count.id, phaseId: count.phaseId } };
  },
};

export const countExactly = command(countExactlySpec);
export const stopCount = command(stopCountSpec);
