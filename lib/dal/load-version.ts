import 'server-only';
import { versionDiff, type PhaseChange } from '#lib/pipeline/editor/version-diff.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { findPlan, findVersion, listVersions } from '#lib/store/plans.ts';
import { load } from './gate.ts';
import { knownId } from './load-plan.ts';

export interface VersionDto {
  planId: string;
  planName: string;
  version: number;
  /** Of the plan now. */
  current: number;
  by: string;
  at: string;
  reason: string;
  /** Against the version before it; null: it is the first. */
  changes: readonly PhaseChange[] | null;
  phases: number;
  steps: number;
}

/** One version of a plan, and what it says that the one before it did not. */
export const loadVersion = load(async ({ db }, planId: string, number: string): Promise<VersionDto> => {
  const version = /^\d{1,6}$/.test(number) ? Number(number) : 0;
  const stored = await findPlan(db, knownId(planId));
  const row = stored && (await listVersions(db, planId)).find((one) => one.version === version);
  const plan = row && (await findVersion(db, planId, version));
  if (!stored || !plan) throw new Refused('not_found', 'There is no such version of this plan.');
  const before = version > 1 ? await findVersion(db, planId, version - 1) : null;
  return {
    planId, planName: stored.name, version, current: stored.version, by: row.by, at: row.at.toISOString(), reason: row.reason,
    changes: before && versionDiff(before, plan), phases: plan.phases.length, steps: plan.phases.reduce((sum, phase) => sum + phase.steps.length, 0),
  };
});
