import type { Evidence, Finding, Quantity } from '../evidence.ts';
import type { LockMode } from '../hazards.ts';
import type { Plan, TableName } from '../plan.ts';
import type { Snapshot } from '../snapshot.ts';

/** One thing that the lint says about a plan. What blocks can be mended, replaced by its safer form, or let stand by a person with a reason. */
export interface LintFinding extends Finding {
  /** Stays the same while the step and the object are the same, so that an answer is about this finding: `CODE step object`. */
  id: string;
  phaseId: string;
  /** Null: about the phase as a whole. */
  stepId: string | null;
  /** Index into the step's statements; null: about the step. */
  statement: number | null;
  /** In the text that the plan was read from, both from 1. */
  at: { line: number; column: number } | null;
  lock?: LockMode;
  table?: TableName;
  rows?: Quantity;
  /** What one press would put in its place. */
  safer?: SaferForm;
}

/** The offer behind a button. */
export interface SaferForm {
  /** Which form (lint/safer/<form>.ts). */
  form: string;
  /** On the button: `Build it concurrently`. */
  label: string;
  /** What the plan says afterwards, in one sentence. */
  sentence: string;
}

/** A rule of the team, whatever the server would allow. */
export const TEAM_RULES = ['no_alter_existing', 'backup_first', 'nullable_first'] as const;
export type TeamRule = (typeof TEAM_RULES)[number];

/** What the lint knows beside the plan. It asks nobody. */
export interface LintFacts {
  /** Major version of the target's server. */
  major: number;
  /** The last reading of the target, and of the database that it is to resemble; null: not read, so what depends on it is said to be unknown. */
  current: Snapshot | null;
  desired: Snapshot | null;
  /** What preflight measured of the phases as they stand, by phase id. */
  evidence: Readonly<Record<string, Evidence>>;
  teamRules: readonly TeamRule[];
}

/** One rule: a code of its own, and what it finds. Pure. */
export interface LintRule {
  code: string;
  /** What it looks for and why that hurts, in one sentence for the list of rules. */
  about: string;
  look(scene: LintScene): readonly LintFinding[];
}

/** A statement of the plan with its parse tree, in the order in which it will run. */
export interface SceneStatement {
  phaseId: string;
  stepId: string;
  index: number;
  sql: string;
  /** The node's name in the parse tree (`CreateStmt`) and the node; of a text that does not parse there is none. */
  kind: string;
  node: Readonly<Record<string, unknown>>;
  /** One number for all statements that commit together. */
  transaction: number;
}

export interface LintScene {
  plan: Plan;
  facts: LintFacts;
  statements: readonly SceneStatement[];
}
