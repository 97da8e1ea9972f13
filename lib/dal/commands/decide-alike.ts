import 'server-only';
import { z } from 'zod';
import { ORPHAN_VERDICT_WORDS } from '#lib/pipeline/orphan-words.ts';
import { alikeRefusal } from '#lib/pipeline/orphans-alike.ts';
import { decideOrphans } from '#lib/pipeline/planner/decide-orphans.ts';
import { counted, firstOf } from '#lib/pipeline/words.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { id, listOf, reason, version, word } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandSpec } from '../perform.ts';
import { lockPlanFacts, phaseFactsOf } from '../plan-facts.ts';
import { refuseOldVersion } from '../plan-rules.ts';
import { planOrRefusal, readingsOf, save } from './plans.ts';

const rows = z.string().regex(/^\d{1,15}$/, 'The form lacks how many rows you saw. Load the page again.').transform(Number);
const decideInput = z.object({
  planId: id('the plan'), version, phaseId: word('the phase'),
  foreignKey: listOf(word('a foreign key')), rows: listOf(rows),
  verdict: z.enum(['delete', 'set_null', 'stop'], { error: 'Choose what becomes of the rows of all of them: delete, set null, or stop.' }),
  reason,
});

/** One decision for the orphans of several foreign keys of a phase, on the numbers that were seen: one version, one entry of the log that names them all. One that cannot be decided so keeps all from it. */
export const decideAlikeSpec: CommandSpec<z.infer<typeof decideInput>, void> = {
  action: 'decide orphans alike',
  roles: ['author'],
  schema: decideInput,
  run: async (trx, context, input) => {
    const facts = await lockPlanFacts(trx, input.planId, context.env.policy);
    refuseOldVersion(facts, input.version);
    const seen = seenOf(input);
    const { phase, evidence } = phaseFactsOf(facts, input.phaseId);
    const refusal = alikeRefusal(phase, evidence?.evidence ?? null, seen);
    if (refusal) throw new Refused(refusal.code, refusal.sentence);
    const ids = seen.map((one) => one.foreignKey);
    const { current, desired } = await readingsOf(trx, facts.stored.plan);
    const plan = planOrRefusal(decideOrphans(facts.stored.plan, ids, { verdict: input.verdict, reason: input.reason }, current, desired));
    const verdict = ORPHAN_VERDICT_WORDS[input.verdict];
    const result = { sentence: `Decided on the orphans of ${counted(ids.length, 'foreign key', 'foreign keys')}: ${verdict}.`, reason: input.reason, detail: { phaseId: phase.id, verdict: input.verdict, foreignKeys: seen } };
    return save(trx, context, facts, plan, result, `“${phase.title}” was edited: the decision “${verdict}” on the orphans of ${counted(ids.length, 'foreign key', 'foreign keys')}${firstOf(ids, ids.length)}.`.slice(0, 500));
  },
};

/** Each foreign key once, with the number of rows that stood beside it. */
function seenOf({ foreignKey, rows: numbers }: z.infer<typeof decideInput>): { foreignKey: string; rows: number }[] {
  if (numbers.length !== foreignKey.length) throw new Refused('invalid_input', 'The form lacks how many rows you saw. Load the page again.');
  return [...new Map(foreignKey.map((one, at) => [one, { foreignKey: one, rows: numbers[at] ?? 0 }])).values()];
}

export const decideAlike = command(decideAlikeSpec);
