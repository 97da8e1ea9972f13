import 'server-only';
import type { Finding } from '#lib/pipeline/evidence.ts';
import type { LintFinding } from '#lib/pipeline/lint/finding.ts';
import { NEVER_LET_STAND } from '#lib/pipeline/lint/rules/open-steps.ts';
import type { Phase, Plan } from '#lib/pipeline/plan.ts';
import type { PolicyInForce } from '#lib/pipeline/policy-document.ts';
import type { Policy } from '#lib/pipeline/policy.ts';
import type { ControlTrx, Reader } from '#lib/store/db.ts';
import { isLinted, keepLint as keep, type LintGround, lintGround as ground } from '#lib/store/keep-lint.ts';
import type { LintResult } from '#lib/store/lint-results.ts';
import type { Person } from '#lib/store/people.ts';
import { snapshotOf } from './comparison.ts';

/** The facts of this moment that the lint goes by, with readings out of this process's memory. */
export function lintGround(db: Reader, plan: Plan, floor: Pick<Policy, 'teamRules'>): Promise<LintGround> {
  return ground(db, plan, floor, snapshotOf);
}

/** Lints a version that was just saved, or whose facts were just measured anew, and keeps what was found. */
export function keepLint(trx: ControlTrx, plan: Plan, version: number, floor: Pick<Policy, 'teamRules'>): Promise<readonly LintFinding[]> {
  return keep(trx, plan, version, floor, snapshotOf);
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

/** Whether it is a rule of the team and policy leaves it to admins, of whom this person is none. */
export function isForAdmins({ code }: Pick<LintFinding, 'code'>, person: Pick<Person, 'roles'>, policy: Pick<PolicyInForce, 'rulesByAdmins'>): boolean {
  return policy.rulesByAdmins && code.startsWith('TEAM_') && !person.roles.includes('admin');
}
