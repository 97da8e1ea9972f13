import type { LintRule } from '../finding.ts';
import { DROP_RULES } from './plan-drops.ts';
import { NAME_RULES } from './plan-names.ts';
import { PAGING_RULES } from './plan-paging.ts';
import { ROW_RULES } from './plan-rows.ts';
import { SWAP_RULES } from './plan-swap.ts';
import { UNDOES_RULES } from './plan-undoes.ts';
import { UNLIKE_RULES } from './plan-unlike.ts';

/** What only the plan as a whole shows: what names mean by then, which tables change places, what rests on what. */
export const PLAN_RULES: readonly LintRule[] = [...NAME_RULES, ...UNLIKE_RULES, ...SWAP_RULES, ...ROW_RULES, ...DROP_RULES, ...PAGING_RULES, ...UNDOES_RULES];
