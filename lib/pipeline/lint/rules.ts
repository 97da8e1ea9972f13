import type { LintRule } from './finding.ts';

/** Every rule; a finding's code is that of its rule. */
export const RULES: readonly LintRule[] = [];
