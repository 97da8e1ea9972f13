import 'server-only';
import { z } from 'zod';
import { measurePhase as measure } from '#lib/pg/measure.ts';
import { withReader } from '#lib/pg/session.ts';
import { isBeyondBudget } from '#lib/pipeline/count.ts';
import type { Evidence } from '#lib/pipeline/evidence.ts';
import { findPhase } from '#lib/pipeline/plan.ts';
import { movements } from '#lib/pipeline/preflight.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { firstSentences } from '#lib/pipeline/words.ts';
import { overSentence, startBy } from '#lib/pipeline/execution-window.ts';
import { findApproval, insertApproval, voidApprovals } from '#lib/store/approvals.ts';
import { findChangeRequest, insertChangeRequest, resolve } from '#lib/store/change-requests.ts';
import type { ControlTrx } from '#lib/store/db.ts';
import { keepEvidence } from '#lib/store/keep-evidence.ts';
import { findPlan } from '#lib/store/plans.ts';
import { databaseNamed } from '../control.ts';
import { comment, digest, id, listOf, remark, typedNumber, version, word } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandContext, CommandSpec } from '../perform.ts';
import { lockPlanFacts, phaseFactsOf, readPlanFacts, type PhaseFacts, type PlanFacts } from '../plan-facts.ts';
import { keepLint } from '../lint.ts';
import { approveObstacles, refuseOldVersion, refuseOn, STANDING } from '../plan-rules.ts';
import { MEASURE_MS } from './plans.ts';

/** Facts measured longer ago than this, or before the last run, are asked for again before anybody signs them. */
const FRESH_MS = 60_000;

const phaseRef = { planId: id('the plan'), version, phaseId: word('the phase') };
const measureInput = z.object(phaseRef);
const approveInput = z.object({ ...phaseRef, digest, typedNumber, comment: remark });
const approveSeveralInput = z.object({ planId: phaseRef.planId, version, phaseId: listOf(phaseRef.phaseId).refine((ids) => ids.length > 0 && new Set(ids).size === ids.length, 'Choose the phases to approve.'), digest: listOf(digest), typedNumber: listOf(typedNumber), comment: remark })
  .refine((input) => input.digest.length === input.phaseId.length && input.typedNumber.length === input.phaseId.length, { path: ['phaseId'], message: 'The form lacks what you saw of a phase. Load the page again.' });
const withdrawInput = z.object({ approvalId: id('the approval'), reason: remark });
const requestInput = z.object({ ...phaseRef, comment });
const resolveInput = z.object({ changeRequestId: id('the change request') });

export const measurePhaseSpec: CommandSpec<z.infer<typeof measureInput>, Evidence> = {
  action: 'measure phase',
  roles: ['author', 'approver', 'operator'],
  schema: measureInput,
  prepare: measured,
  run: async (trx, context, input, evidence) => {
    const facts = await lockPlanFacts(trx, input.planId, context.env.policy);
    refuseOldVersion(facts, input.version);
    const one = phaseFactsOf(facts, input.phaseId);
    if (STANDING.includes(one.standing.state)) throw new Refused('phase_applied', 'The phase stands in the target; what it was measured by before is its record.');
    if (facts.busy) throw new Refused('target_busy', `A run is changing ${facts.stored.target} now. Measure when it has ended.`);
    const moved = await keepMeasured(trx, context, facts, one, evidence);
    const sentence = moved.length === 0 ? (one.valid.length > 0 ? 'Measured again: everything is as it was signed.' : 'Measured.') : `Measured again, and something moved: ${firstSentences(moved)}`;
    return { sentence, planId: input.planId, detail: { phaseId: input.phaseId, ms: evidence.ms, moved } };
  },
};

async function measured({ db, env }: CommandContext, input: z.infer<typeof measureInput>): Promise<Evidence> {
  const stored = await findPlan(db, input.planId);
  const phase = stored ? findPhase(stored.plan, input.phaseId) : undefined;
  if (!stored || !phase) throw new Refused('not_found', 'There is no such plan or phase.');
  if (stored.version !== input.version) refuseOldVersion(await readPlanFacts(db, input.planId, env.policy), input.version);
  const target = databaseNamed(stored.target, env);
  return withReader(target, (client) => measure(client, phase, { operator: target.operatorRole }), { statementTimeoutMs: MEASURE_MS });
}

/** Stores the measurements, and looks with the lint again. Returns what moved since it was signed. */
async function keepMeasured(trx: ControlTrx, { person, env }: CommandContext, { stored }: PlanFacts, one: PhaseFacts, evidence: Evidence): Promise<readonly string[]> {
  const { moved } = await keepEvidence(trx, stored.plan, one.phase, evidence, person.id);
  // What was counted may answer a question of the lint, or raise one.
  await keepLint(trx, stored.plan, stored.version, env.policy);
  return moved;
}

export const approvePhaseSpec: CommandSpec<z.infer<typeof approveInput>, Evidence | null> = {
  action: 'approve phase',
  roles: ['viewer', 'author', 'approver', 'operator', 'admin'],
  schema: approveInput,
  prepare: async (context, input) => {
    const facts = await readPlanFacts(context.db, input.planId, context.env.policy);
    refuseOldVersion(facts, input.version);
    const one = phaseFactsOf(facts, input.phaseId);
    refuseOn(approveObstacles(facts, one, context.person, input));
    return stale(facts, one) ? measured(context, input) : null;
  },
  run: async (trx, context, input, fresh) => {
    const { person, env } = context;
    const facts = await lockPlanFacts(trx, input.planId, env.policy);
    refuseOldVersion(facts, input.version);
    const one = phaseFactsOf(facts, input.phaseId);
    refuseOn(approveObstacles(facts, one, person, input));
    if (!one.evidence || !one.digest) throw new Refused('evidence_missing', 'The phase was not measured since it was last changed.');
    const moved = fresh ? movements(one.phase, one.evidence.evidence, fresh, facts.stored.plan.tolerance) : [];
    if (fresh && moved.length > 0) {
      await keepMeasured(trx, context, facts, one, fresh);
      const sentence = `The target moved since the phase was measured: ${firstSentences(moved.map((movement) => movement.sentence))} Read the new measurements, then sign those.`;
      return { sentence, planId: input.planId, detail: { phaseId: input.phaseId, moved }, refusal: { code: 'evidence_moved', sentence } };
    }
    const until = startBy(one.over);
    if (until) await voidApprovals(trx, one.over.map((approval) => approval.id), overSentence(until));
    const approvalId = await insertApproval(trx, { planId: input.planId, version: facts.stored.version, phaseId: input.phaseId, digest: one.digest, evidenceId: one.evidence.id, rehearsalId: one.rehearsal?.id ?? null, proofDemanded: one.proofDemanded, personId: person.id, comment: input.comment, hours: facts.policy.approvalHours, startHours: facts.policy.executionHours });
    return {
      sentence: `You approved “${one.phase.title}”.`, planId: input.planId, ...(input.comment ? { reason: input.comment } : {}),
      detail: { phaseId: input.phaseId, approvalId, version: facts.stored.version, digest: one.digest, evidenceId: one.evidence.id, rehearsal: one.rehearsal && { id: one.rehearsal.id, verdict: one.rehearsal.verdict }, typedNumber: input.typedNumber, phase: one.phase },
    };
  },
};

/**
 * Signs several phases, each as if it were signed alone: what was seen of it, its number where it takes rows away, its facts measured anew where they are old. One
 * that may not be signed keeps all from being signed; one whose facts have moved ends it, because what moved is kept, and the sentence says how many were signed before.
 */
export const approvePhasesSpec: CommandSpec<z.infer<typeof approveSeveralInput>, (Evidence | null)[]> = {
  action: 'approve phases',
  roles: ['viewer', 'author', 'approver', 'operator', 'admin'],
  schema: approveSeveralInput,
  prepare: async (context, input) => {
    const fresh: (Evidence | null)[] = [];
    for (const one of each(input)) fresh.push((await approvePhaseSpec.prepare?.(context, one)) ?? null);
    return fresh;
  },
  run: async (trx, context, input, fresh) => {
    const signed: unknown[] = [];
    for (const [at, one] of each(input).entries()) {
      const result = await approvePhaseSpec.run(trx, context, one, fresh[at] ?? null);
      // What moved was kept; what was signed before it in this transaction stands, and is said.
      if (result.refusal) return { ...result, detail: { signed, found: result.detail }, refusal: { ...result.refusal, sentence: signed.length === 0 ? result.refusal.sentence : `${result.refusal.sentence} ${signed.length} of ${input.phaseId.length} were signed before it.` } };
      signed.push(result.detail);
    }
    return { sentence: `You approved ${input.phaseId.length} ${input.phaseId.length === 1 ? 'phase' : 'phases'}.`, planId: input.planId, ...(input.comment ? { reason: input.comment } : {}), detail: { signed } };
  },
};

function each({ planId, version: seen, phaseId, digest: digests, typedNumber: numbers, comment: said }: z.infer<typeof approveSeveralInput>): z.infer<typeof approveInput>[] {
  return phaseId.map((one, at) => ({ planId, version: seen, phaseId: one, digest: digests[at] ?? '', typedNumber: numbers[at] ?? null, comment: said }));
}

/** What took a worker long to count is not counted again while somebody waits to sign: the worker does before the first step. */
function stale(facts: PlanFacts, one: PhaseFacts): boolean {
  if (one.evidence && isBeyondBudget(one.evidence.evidence)) return false;
  const at = one.measuredAt?.getTime() ?? 0;
  return facts.now.getTime() - at > FRESH_MS || facts.runs.some((run) => (run.endedAt?.getTime() ?? 0) > at);
}

export const withdrawApprovalSpec: CommandSpec<z.infer<typeof withdrawInput>, void> = {
  action: 'withdraw approval',
  roles: ['approver'],
  schema: withdrawInput,
  run: async (trx, { person, env }, input) => {
    const approval = await findApproval(trx, input.approvalId);
    if (!approval) throw new Refused('not_found', 'There is no such approval.');
    if (approval.personId !== person.id) throw new Refused('not_allowed', 'Only the person who signed can take the signature back.');
    const facts = await lockPlanFacts(trx, approval.planId, env.policy);
    if (phaseFactsOf(facts, approval.phaseId).standing.state === 'running') throw new Refused('target_busy', 'The phase is running under this approval. Cancel the run instead.');
    const voided = await voidApprovals(trx, [input.approvalId], `${person.name} took it back${input.reason ? `: ${input.reason}` : '.'}`);
    if (voided === 0) throw new Refused('approval_void', 'This approval is void already.');
    return { sentence: 'Your approval is withdrawn.', planId: approval.planId, ...(input.reason ? { reason: input.reason } : {}), detail: { approvalId: input.approvalId, phaseId: approval.phaseId } };
  },
};

export const requestChangesSpec: CommandSpec<z.infer<typeof requestInput>, void> = {
  action: 'request changes',
  roles: ['approver'],
  schema: requestInput,
  run: async (trx, { person, env }, input) => {
    const facts = await lockPlanFacts(trx, input.planId, env.policy);
    refuseOldVersion(facts, input.version);
    const one = phaseFactsOf(facts, input.phaseId);
    if (STANDING.includes(one.standing.state) || one.standing.state === 'running') throw new Refused('phase_applied', 'The phase is under way or has been applied. Roll it back to change it.');
    const own = one.valid.filter((approval) => approval.personId === person.id).map((approval) => approval.id);
    await voidApprovals(trx, own, `${person.name} asked for changes after approving.`);
    const changeRequestId = await insertChangeRequest(trx, { planId: input.planId, version: input.version, phaseId: input.phaseId, personId: person.id, comment: input.comment });
    return { sentence: 'The author sees your request. The phase cannot run until it is answered.', planId: input.planId, reason: input.comment, detail: { phaseId: input.phaseId, changeRequestId } };
  },
};

export const resolveChangeRequestSpec: CommandSpec<z.infer<typeof resolveInput>, void> = {
  action: 'resolve change request',
  roles: ['author', 'approver'],
  schema: resolveInput,
  run: async (trx, { person, env }, input) => {
    const found = await findChangeRequest(trx, input.changeRequestId);
    if (!found) throw new Refused('not_found', 'There is no such change request.');
    const facts = await lockPlanFacts(trx, found.planId, env.policy);
    const asked = facts.changeRequests.find((request) => request.id === input.changeRequestId);
    if (!person.roles.includes('author') && asked?.personId !== person.id) throw new Refused('not_allowed', 'An author answers the request, or the person who made it takes it back.');
    if (!(await resolve(trx, input.changeRequestId, person.id))) throw new Refused('invalid_input', 'This request was answered already.');
    return { sentence: 'The change request is answered.', planId: found.planId, detail: { changeRequestId: input.changeRequestId, phaseId: found.phaseId } };
  },
};

export const measurePhase = command(measurePhaseSpec);
export const approvePhase = command(approvePhaseSpec);
export const approvePhases = command(approvePhasesSpec);
export const withdrawApproval = command(withdrawApprovalSpec);
export const requestChanges = command(requestChangesSpec);
export const resolveChangeRequest = command(resolveChangeRequestSpec);
