import 'server-only';
import { phaseDocumentDigest } from '#lib/pipeline/approval.ts';
import type { Finding } from '#lib/pipeline/evidence.ts';
import type { LintFacts, LintFinding } from '#lib/pipeline/lint/finding.ts';
import { lintPlan } from '#lib/pipeline/lint/lint.ts';
import { NEVER_LET_STAND } from '#lib/pipeline/lint/rules/open-steps.ts';
import type { Phase, Plan, Step } from '#lib/pipeline/plan.ts';
import type { Policy } from '#lib/pipeline/policy.ts';
import { NO_DEMANDS, teamRulesOf } from '#lib/pipeline/policy-document.ts';
import type { ControlTrx, Reader } from '#lib/store/db.ts';
import { evidenceKey, latestEvidence } from '#lib/store/evidence.ts';
import { type LintResult, saveLint } from '#lib/store/lint-results.ts';
import { currentPolicy } from '#lib/store/policy.ts';
import { isOutrun, latestReading, type Reading } from '#lib/store/snapshots.ts';
import { snapshotOf } from './comparison.ts';

/** Phases that the lint speaks about: what people wrote. What the planner made says its locks and hazards itself. */
function isLinted(phase: Phase): boolean {
  return phase.kind === 'written' || phase.steps.some(isEdited);
}

function isEdited(step: Step): boolean {
  return step.hazards.some((hazard) => hazard.code === 'EDITED_BY_HAND');
}

/** Of a phase that the planner made, only the steps that a person has edited. */
function isAboutPeople(plan: Plan, finding: LintFinding): boolean {
  const phase = plan.phases.find((one) => one.id === finding.phaseId);
  return phase?.kind === 'written' || (phase?.steps.some((step) => step.id === finding.stepId && isEdited(step)) ?? false);
}

export interface LintGround {
  facts: LintFacts;
  current: Reading | null;
  desired: Reading | null;
}

/** The facts of this moment that the lint goes by: the newest readings, and what was measured of the phases as they stand. */
export async function lintGround(db: Reader, plan: Plan, floor: Pick<Policy, 'teamRules'>): Promise<LintGround> {
  const current = await standingReading(db, plan.target);
  const desired = plan.desired === plan.target ? null : await standingReading(db, plan.desired);
  const snapshot = current && (await snapshotOf(db, current.id));
  const measured = await latestEvidence(db, plan.id);
  const evidence = Object.fromEntries(plan.phases.flatMap((phase) => {
    const found = measured.get(evidenceKey(phase.id, phaseDocumentDigest(phase)));
    return found ? [[phase.id, found.evidence]] : [];
  }));
  const teamRules = teamRulesOf(floor, (await currentPolicy(db))?.document ?? NO_DEMANDS);
  const facts: LintFacts = { major: Math.floor((snapshot?.target.serverVersion ?? 180_000) / 10_000), current: snapshot, desired: desired && (await snapshotOf(db, desired.id)), evidence, teamRules };
  return { facts, current, desired };
}

/** The newest reading, unless a run has changed the database since: what was there before the run is known to be wrong, and nothing is said on its ground. */
async function standingReading(db: Reader, name: string): Promise<Reading | null> {
  const reading = await latestReading(db, name);
  return reading && !(await isOutrun(db, reading)) ? reading : null;
}

/** Lints a version that was just saved, or whose facts were just measured anew, and keeps what was found. Plans without a word of a person's are not linted. */
export async function keepLint(trx: ControlTrx, plan: Plan, version: number, floor: Pick<Policy, 'teamRules'>): Promise<readonly LintFinding[]> {
  if (!plan.phases.some(isLinted)) return [];
  const { facts, current, desired } = await lintGround(trx, plan, floor);
  const findings = (await lintPlan(plan, facts)).filter((finding) => isAboutPeople(plan, finding));
  await saveLint(trx, { planId: plan.id, version, findings, current: current?.id ?? null, desired: desired?.id ?? null });
  return findings;
}

/** What the lint has to say about a phase. A phase that was never linted blocks: nobody has looked at what a person wrote there. */
export function lintFindings(phase: Phase, result: LintResult | null): readonly (Finding | LintFinding)[] {
  if (!isLinted(phase)) return [];
  if (!result) return [{ code: 'NOT_LINTED', sentence: 'What people wrote in this phase was not checked yet. Measure it: that checks it too.', severity: 'blocking', move: 'yours' }];
  return result.findings.filter((finding) => finding.phaseId === phase.id);
}

/** What is not said or cannot run is no risk that somebody could take. */
export function mayStand(finding: Pick<LintFinding, 'code' | 'severity'>): boolean {
  return finding.severity === 'blocking' && !NEVER_LET_STAND.has(finding.code);
}
