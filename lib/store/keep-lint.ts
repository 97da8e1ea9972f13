import { phaseDocumentDigest } from '#lib/pipeline/approval.ts';
import type { LintFacts, LintFinding } from '#lib/pipeline/lint/finding.ts';
import { lintPlan } from '#lib/pipeline/lint/lint.ts';
import type { Phase, Plan, Step } from '#lib/pipeline/plan.ts';
import type { Policy } from '#lib/pipeline/policy.ts';
import { teamRulesOf } from '#lib/pipeline/policy-document.ts';
import type { Snapshot } from '#lib/pipeline/snapshot.ts';
import type { ControlTrx, Reader } from './db.ts';
import { evidenceKey, latestEvidence } from './evidence.ts';
import { saveLint } from './lint-results.ts';
import { teamDemands } from './policy.ts';
import { contentOf, isOutrun, latestReading, type Reading } from './snapshots.ts';

/** Phases that the lint speaks about: what people wrote. What the planner made says its locks and hazards itself. */
export function isLinted(phase: Phase): boolean {
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

/** How the content of a reading is had: the web process keeps some in memory. */
export type ContentOf = (db: Reader, id: string) => Promise<Snapshot>;

/** The facts of this moment that the lint goes by: the newest readings, and what was measured of the phases as they stand. */
export async function lintGround(db: Reader, plan: Plan, floor: Pick<Policy, 'teamRules'>, content: ContentOf = contentOf): Promise<LintGround> {
  const current = await standingReading(db, plan.target);
  const desired = plan.desired === plan.target ? null : await standingReading(db, plan.desired);
  const snapshot = current && (await content(db, current.id));
  const measured = await latestEvidence(db, plan.id);
  const evidence = Object.fromEntries(plan.phases.flatMap((phase) => {
    const found = measured.get(evidenceKey(phase.id, phaseDocumentDigest(phase)));
    return found ? [[phase.id, found.evidence]] : [];
  }));
  const teamRules = teamRulesOf(floor, await teamDemands(db));
  const facts: LintFacts = { major: Math.floor((snapshot?.target.serverVersion ?? 180_000) / 10_000), current: snapshot, desired: desired && (await content(db, desired.id)), evidence, teamRules };
  return { facts, current, desired };
}

/** The newest reading, unless a run has changed the database since: what was there before the run is known to be wrong, and nothing is said on its ground. */
async function standingReading(db: Reader, name: string): Promise<Reading | null> {
  const reading = await latestReading(db, name);
  return reading && !(await isOutrun(db, reading)) ? reading : null;
}

/** Lints a version that was just saved, or whose facts were just measured anew, and keeps what was found. Plans without a word of a person's are not linted. */
export async function keepLint(trx: ControlTrx, plan: Plan, version: number, floor: Pick<Policy, 'teamRules'>, content: ContentOf = contentOf): Promise<readonly LintFinding[]> {
  if (!plan.phases.some(isLinted)) return [];
  const { facts, current, desired } = await lintGround(trx, plan, floor, content);
  const findings = (await lintPlan(plan, facts)).filter((finding) => isAboutPeople(plan, finding));
  await saveLint(trx, { planId: plan.id, version, findings, current: current?.id ?? null, desired: desired?.id ?? null });
  return findings;
}
