import type { LintRule } from './finding.ts';
import { INDEXES } from './rules/indexes.ts';
import { OPEN_STEPS } from './rules/open-steps.ts';
import { PLAN_RULES } from './rules/plan.ts';

/** Every rule of the lint. A rule is one entry here; the page of rules (README.md beside this) is made from them. */
export const RULES: readonly LintRule[] = [...OPEN_STEPS, ...INDEXES, ...PLAN_RULES];
