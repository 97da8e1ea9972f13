// What the page Policy shows. Types only: components may import them.
import type { TeamRule } from '#lib/pipeline/lint/finding.ts';
import type { PolicyDocument } from '#lib/pipeline/policy-document.ts';

/** What counts, and how it came to that. */
export interface PolicyDto {
  /** 0: nobody has laid anything down. */
  number: number;
  document: PolicyDocument;
  /** What the configuration demands: the floor. */
  floor: { approvals: number; approvalsDestructive: number; approvalHours: number; teamRules: readonly TeamRule[]; rehearsalRequired: readonly string[] };
  /** Both together. */
  inForce: { approvals: number; approvalsDestructive: number; approvalHours: number; teamRules: readonly TeamRule[] };
  databases: readonly { name: string; environment: string; state: 'open' | 'closed' | 'frozen'; sentence: string; windows: readonly string[] }[];
  freezes: readonly { text: string; state: 'now' | 'to come' | 'over' }[];
  /** Newest first. */
  versions: readonly { number: number; by: string; at: string; reason: string; differences: readonly string[] }[];
  /** All that can be demanded, as a reviewer reads them. */
  rules: readonly { rule: TeamRule; words: string }[];
  mayChange: boolean;
}
