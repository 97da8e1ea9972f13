import 'server-only';
import { z } from 'zod';
import { Refused } from '#lib/pipeline/refusal.ts';
import { answerGlass as keepAnswer, breakGlass as keepGlass, findGlass } from '#lib/store/break-glass.ts';
import { databaseNamed } from '../control.ts';
import { digest, id, reason, remark, version, word } from '../forms.ts';
import { command } from '../gate.ts';
import { answerObstacles, glassObstacles } from '../glass-rules.ts';
import type { CommandSpec } from '../perform.ts';
import { lockPlanFacts, phaseFactsOf } from '../plan-facts.ts';
import { refuseOldVersion, refuseOn } from '../plan-rules.ts';
import { beginForward, seenEvidence } from './begin-forward.ts';

const breakInput = z.object({ planId: id('the plan'), version, phaseId: word('the phase'), digest, reason });
const answerInput = z.object({ glassId: id('the record'), verdict: z.enum(['countersigned', 'rejected'], { error: 'Say whether you countersign it or reject it.' }), comment: remark });

/** Starts a phase for which signatures are missing. What was measured and would have been signed is what runs. */
export const breakGlassSpec: CommandSpec<z.infer<typeof breakInput>, void> = {
  action: 'break glass',
  roles: ['operator'],
  schema: breakInput,
  run: async (trx, { db, person, env }, input) => {
    const facts = await lockPlanFacts(trx, input.planId, env.policy);
    refuseOldVersion(facts, input.version);
    const one = phaseFactsOf(facts, input.phaseId);
    const { stored } = facts;
    databaseNamed(stored.target, env);
    refuseOn(glassObstacles(facts, one, person));
    const seen = seenEvidence(one, input.digest);
    const glassId = await keepGlass(trx, { planId: input.planId, version: stored.version, phaseId: input.phaseId, target: stored.target, digest: seen.digest, reason: input.reason, by: person.id });
    const runId = await beginForward(trx, db, facts, one, seen, { person, reason: `Break-glass: ${input.reason}`, breakGlassId: glassId });
    return {
      sentence: `“${one.phase.title}” is starting without its signatures, and everybody is told.`, to: `/runs/${runId}`, planId: input.planId, runId, reason: input.reason,
      detail: { glassId, phaseId: input.phaseId, version: stored.version, digest: seen.digest, approvals: one.valid.map((approval) => approval.person), needed: one.approvalsNeeded },
    };
  },
};

/** A second person says afterwards what signatures would have said before. Nothing of the run changes by it. */
export const answerGlassSpec: CommandSpec<z.infer<typeof answerInput>, void> = {
  action: 'answer break glass',
  roles: ['approver'],
  schema: answerInput,
  run: async (trx, { person, env }, input) => {
    const seen = await findGlass(trx, input.glassId);
    if (!seen) throw new Refused('not_found', 'There is no such record.');
    const facts = await lockPlanFacts(trx, seen.planId, env.policy);
    const glass = facts.glasses.find((one) => one.id === input.glassId) ?? seen;
    refuseOn(answerObstacles(facts, glass, person));
    if (input.verdict === 'rejected' && input.comment === '') throw new Refused('reason_required', 'Say why you reject it: everybody reads it.');
    await keepAnswer(trx, glass.id, { state: input.verdict, by: person.id, comment: input.comment });
    const sentence = input.verdict === 'countersigned' ? 'You countersigned it.' : 'You rejected it. What ran stays until somebody rolls it back.';
    return { sentence, planId: seen.planId, ...(input.comment ? { reason: input.comment } : {}), detail: { glassId: glass.id, phaseId: glass.phaseId, verdict: input.verdict, brokenBy: glass.by.name } };
  },
};

export const breakGlass = command(breakGlassSpec);
export const answerGlass = command(answerGlassSpec);
