import type { LintFinding } from '#lib/pipeline/lint/finding.ts';
import type { ControlTrx, Reader } from './db.ts';

export interface LintResult {
  findings: readonly LintFinding[];
  madeAt: Date;
}

/** Keeps what the lint said about a version, and from which readings. */
export async function saveLint(trx: ControlTrx, result: { planId: string; version: number; findings: readonly LintFinding[]; current: string | null; desired: string | null }): Promise<void> {
  await trx.insertInto('lint_result').values({ plan_id: result.planId, version: result.version, findings: JSON.stringify(result.findings), current_reading: result.current, desired_reading: result.desired }).execute();
}

/** The newest of that version, or null when it was never linted. */
export async function latestLint(db: Reader, planId: string, version: number): Promise<LintResult | null> {
  const row = await db.selectFrom('lint_result').select(['findings', 'made_at']).where('plan_id', '=', planId).where('version', '=', version).orderBy('made_at', 'desc').limit(1).executeTakeFirst();
  return row ? { findings: row.findings, madeAt: row.made_at } : null;
}
