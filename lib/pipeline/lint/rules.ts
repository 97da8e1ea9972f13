import type { LintRule } from './finding.ts';
import { COLUMNS } from './rules/columns.ts';
import { CONSTRAINTS } from './rules/constraints.ts';
import { DETOURS } from './rules/detours.ts';
import { GUARDS } from './rules/guards.ts';
import { INDEXES } from './rules/indexes.ts';
import { LOSSES } from './rules/losses.ts';
import { MANY_ROWS } from './rules/many-rows.ts';
import { OPEN_STEPS } from './rules/open-steps.ts';
import { PLAN_RULES } from './rules/plan.ts';
import { RENAMES } from './rules/renames.ts';
import { TEAM } from './rules/team.ts';
import { TRANSACTIONS } from './rules/transactions.ts';
import { TYPES } from './rules/types.ts';
import { UNCOUNTED } from './rules/uncounted.ts';
import { UNDO_RULES } from './rules/undo.ts';
import { UPKEEP_RULES } from './rules/upkeep.ts';
import { WAY_BACK } from './rules/way-back.ts';

/** Every rule of the lint. A rule is one entry here; the page of rules (README.md beside this) is made from them. */
export const RULES: readonly LintRule[] = [...OPEN_STEPS, ...TRANSACTIONS, ...PLAN_RULES, ...WAY_BACK, ...UNDO_RULES, ...LOSSES, ...MANY_ROWS, ...UNCOUNTED, ...DETOURS, ...INDEXES, ...CONSTRAINTS, ...COLUMNS, ...RENAMES, ...GUARDS, ...UPKEEP_RULES, ...TEAM, ...TYPES];
