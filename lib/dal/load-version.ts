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
  /** The version that it is compared with; the one before it unless somebody asked for another. */
  before: number;
  /** Against that version; null: it is the first. */
  changes: readonly PhaseChange[] | null;
  phases: number;
  steps: number;
}

/** One version of a plan, and what it says that the one before it, or an earlier one that is named, did not. */
export const loadVersion = load(async ({ db }, planId: string, number: string, since: string): Promise<VersionDto> => {
  const version = /^\d{1,6}$/.test(number) ? Number(number) : 0;
  const stored = await findPlan(db, knownId(planId));
  const row = stored && (await listVersions(db, planId)).find((one) => one.version === version);
  const plan = row && (await findVersion(db, planId, version));
  if (!stored || !plan) throw new Refused('not_found', 'There is no such version of this plan.');
  const compared = /^\d{1,6}$/.test(since) && Number(since) >= 1 && Number(since) < version ? Number(since) : version - 1;
  const before = version > 1 ? await findVersion(db, planId, compared) : null;
  return {
    planId, planName: stored.name, version, current: stored.version, by: row.by, at: row.at.toISOString(), reason: row.reason,
    before: compared, changes: before && versionDiff(before, plan), phases: plan.phases.length, steps: plan.phases.reduce((sum, phase) => sum + phase.steps.length, 0),
  };
});
