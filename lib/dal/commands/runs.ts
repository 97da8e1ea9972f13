import 'server-only';
import { z } from 'zod';
import { Refused } from '#lib/pipeline/refusal.ts';
import { lossWasSeen } from '#lib/pipeline/loss-growth.ts';
import { paperOf } from '#lib/pipeline/step-kinds/all.ts';
import { grouped } from '#lib/pipeline/words.ts';
import { wakeWorker } from '#lib/store/queue.ts';
import { requestCancel, requestRun, setPace } from '#lib/store/runs.ts';
import { databaseNamed } from '../control.ts';
import { digest, id, reason, remark, typedNumber, version, word } from '../forms.ts';
import { foundRun } from '../found-run.ts';
import { command } from '../gate.ts';
import type { CommandSpec } from '../perform.ts';
import { lockPlanFacts, phaseFactsOf } from '../plan-facts.ts';
import { executeObstacles, refuseOldVersion, refuseOn, rollbackObstacles } from '../plan-rules.ts';
import { priceRollback, type PricedRollback } from '../rollback-price.ts';
import { beginForward, seenEvidence } from './begin-forward.ts';

const executeInput = z.object({ planId: id('the plan'), version, phaseId: word('the phase'), digest, reason: remark });
const paceInput = z.object({ runId: id('the run'), pace: z.string().default('').transform((text) => Number(text === '' ? 'x' : text)).refine((pace) => Number.isInteger(pace) && pace >= 0 && pace <= 100, 'The speed is a whole number of percent from 0 to 100.'), reason: remark });
const cancelInput = z.object({ runId: id('the run'), reason: remark });
const rollBackInput = z.object({ runId: id('the run'), digest, reason, typedNumber, seenAt: z.iso.datetime().optional().catch(undefined) });

export const executePhaseSpec: CommandSpec<z.infer<typeof executeInput>, void> = {
  action: 'execute phase',
  roles: ['operator'],
  schema: executeInput,
  run: async (trx, { db, person, env }, input) => {
    const facts = await lockPlanFacts(trx, input.planId, env.policy);
    refuseOldVersion(facts, input.version);
    const one = phaseFactsOf(facts, input.phaseId);
    databaseNamed(facts.stored.target, env);
    refuseOn(executeObstacles(facts, one, person));
    const seen = seenEvidence(one, input.digest);
    const runId = await beginForward(trx, db, facts, one, seen, { person, reason: input.reason });
    return {
      sentence: `“${one.phase.title}” is starting.`, to: `/runs/${runId}`, planId: input.planId, runId, ...(input.reason ? { reason: input.reason } : {}),
      detail: { phaseId: input.phaseId, version: facts.stored.version, digest: seen.digest, approvals: one.valid.map((approval) => ({ id: approval.id, person: approval.person, signedAt: approval.signedAt.toISOString() })) },
    };
  },
};

export const cancelRunSpec: CommandSpec<z.infer<typeof cancelInput>, void> = {
  action: 'cancel run',
  roles: ['operator', 'admin'],
  schema: cancelInput,
  run: async (trx, { person }, input) => {
    const run = await foundRun(trx, input.runId);
    const asked = await requestCancel(trx, input.runId, person, input.reason);
    if (asked === null) throw new Refused('run_ended', 'The run has already ended.');
    const sentence = asked === 'asked' ? 'The worker was told to stop.' : 'The worker had been told already.';
    return { sentence, planId: run.planId, runId: run.id, ...(input.reason ? { reason: input.reason } : {}), detail: { phaseId: run.phaseId, kind: run.kind } };
  },
};

export const setPaceSpec: CommandSpec<z.infer<typeof paceInput>, void> = {
  action: 'set pace',
  roles: ['operator', 'admin'],
  schema: paceInput,
  run: async (trx, { person }, input) => {
    const run = await foundRun(trx, input.runId);
    const done = await setPace(trx, input.runId, person, input.pace, input.reason);
    if (done === null) throw new Refused('run_ended', 'The run has already ended.');
    const sentence = input.pace === 0 ? 'The run pauses before its next batch or step.' : input.pace === 100 ? 'The run goes on as fast as it may.' : `The run goes on at ${input.pace} % of its speed.`;
    return { sentence, planId: run.planId, runId: run.id, ...(input.reason ? { reason: input.reason } : {}), detail: { phaseId: run.phaseId, kind: run.kind, pace: input.pace } };
  },
};

export const rollBackPhaseSpec: CommandSpec<z.infer<typeof rollBackInput>, PricedRollback> = {
  action: 'roll back phase',
  roles: ['operator'],
  schema: rollBackInput,
  prepare: (context, input) => priceRollback(context, input.runId),
  run: async (trx, { db, person, env }, input, priced) => {
    const facts = await lockPlanFacts(trx, priced.run.planId, env.policy);
    const one = phaseFactsOf(facts, priced.run.phaseId);
    refuseOn(rollbackObstacles(facts, one, person));
    if (one.standing.forwardRunId !== priced.run.id || one.standing.standingSteps.join() !== priced.one.standing.standingSteps.join()) throw new Refused('price_moved', 'Another run of this phase has ended since you looked. Look again at what a rollback would do.');
    if (priced.digest !== input.digest) throw new Refused('price_moved', `What the rollback would do or lose has changed since you looked. ${priced.price.sentence} Look again, then press.`);
    refuseUnseenLoss(priced, input, one.standing.state === 'partial');
    if (priced.steps.length === 0) throw new Refused('not_reversible', 'None of the steps that stand has an undo.');
    const runId = await requestRun(trx, {
      planId: priced.run.planId, version: priced.run.version, phaseId: priced.run.phaseId, kind: 'rollback', undoes: priced.run.id, target: priced.run.target, digest: priced.digest,
      approvalsNeeded: 1, evidenceId: null, rehearsalId: null, proofDemanded: false, price: priced.price, requestedBy: person, reason: input.reason,
    });
    await wakeWorker(db, trx, runId);
    return {
      sentence: `The rollback of “${priced.phase.title}” is starting.`, to: `/runs/${runId}`, planId: priced.run.planId, runId, reason: input.reason,
      detail: { phaseId: priced.run.phaseId, undoes: priced.run.id, price: priced.price, typedNumber: input.typedNumber, steps: priced.steps.map((step) => ({ title: step.title, sql: paperOf(step).sql(step).map(({ sql }) => sql) })) },
    };
  },
};

/** Whoever loses rows types how many. Unknown is never 0 and blocks, except where a half-done phase has no other way out than back. */
function refuseUnseenLoss({ price, run }: PricedRollback, { typedNumber: typed, seenAt }: z.infer<typeof rollBackInput>, partial: boolean): void {
  switch (price.verdict) {
    case 'lossless': return;
    case 'impossible': throw new Refused('not_reversible', price.sentence);
    case 'unknown': {
      if (partial) return;
      throw new Refused('findings_block', `${price.sentence} Find out first: the rollback waits for it.`);
    }
    case 'loses': {
      const lost = price.lost.provenance === 'exact' ? price.lost.value : Infinity;
      if (typed === null) throw new Refused('wrong_number', 'Type the number of rows that the live tables would lose.');
      if (typed > lost) throw new Refused('wrong_number', `You typed ${grouped(typed)}, but ${price.sentence}`);
      const moments = { appliedAt: run.endedAt, seenAt: seenAt === undefined ? null : new Date(seenAt), now: new Date(price.measuredAt) };
      if (!lossWasSeen(typed, lost, moments)) throw new Refused('price_moved', `You typed ${grouped(typed)}, but ${price.sentence} Look again, then press.`);
    }
  }
}

export const executePhase = command(executePhaseSpec);
export const cancelRun = command(cancelRunSpec);
export const setRunPace = command(setPaceSpec);
export const rollBackPhase = command(rollBackPhaseSpec);
