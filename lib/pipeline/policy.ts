import type { TeamRule } from './lint/finding.ts';
import type { Phase } from './plan.ts';

/** How many eyes, for how long their signature stands, and how long writers may be kept waiting. The configuration of the installation is the floor; policy-document.ts says what comes on top. */
export interface Policy {
  /** Approvals by people who never edited the plan. */
  approvals: number;
  /** The same for phases that take rows away. */
  approvalsDestructive: number;
  /** Hours after which an approval expires. */
  approvalHours: number;
  /** Seconds for which a conversion may keep writers waiting; over it tables are rebuilt beside the live ones. */
  writePauseSeconds: number;
  /** Names of the databases whose phases must be proved by a rehearsal before anybody signs or runs them. */
  rehearsalRequired: readonly string[];
  /** Rules of the team for what people write into plans, whatever the server would allow. */
  teamRules: readonly TeamRule[];
}

/** Facts older than this are measured again before anybody signs them. */
export const EVIDENCE_HOURS = 24;

/**
 * Number of different people, besides every author, who must sign the phase. One is the floor whatever the configuration says:
 * a policy of 0 would be an exemption from four eyes, and there is none. A destructive phase never needs fewer than a harmless one.
 */
export function approvalsNeeded(phase: Pick<Phase, 'destructive'>, policy: Pick<Policy, 'approvals' | 'approvalsDestructive'>): number {
  const usual = Math.max(1, Math.ceil(policy.approvals));
  return phase.destructive ? Math.max(usual, Math.ceil(policy.approvalsDestructive)) : usual;
}
