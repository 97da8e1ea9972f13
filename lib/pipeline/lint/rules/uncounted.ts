import { groundOf, losesFrom } from '../asks-ground.ts';
import type { LintFinding, LintRule, LintScene } from '../finding.ts';
import { matchedOf } from '../matched.ts';
import { about, isWritten } from './plan-finding.ts';

export const UNCOUNTED: readonly LintRule[] = [
  { code: 'CHANGE_UNCOUNTED', about: 'In a phase that takes rows away only those that go are counted whole; rows that another statement changes are in no number where they cannot be asked for before.', look: uncounted },
];

/** Where no row goes the tables of such a statement are counted whole, and that says it. */
function uncounted(scene: LintScene): LintFinding[] {
  return scene.plan.phases.filter(({ kind }) => kind === 'written').flatMap((phase) => {
    const ground = groundOf(scene, phase);
    if (!ground) return [];
    const losing = ground.statements.filter((statement) => losesFrom(ground, statement).length > 0);
    if (losing.length === 0) return [];
    const changing = [...matchedOf(ground).uncounted].filter(([statement]) => (statement.kind === 'UpdateStmt' || statement.kind === 'MergeStmt') && !losing.includes(statement) && isWritten(scene, statement));
    return changing.map(([statement, why]) => about(scene, 'CHANGE_UNCOUNTED', statement, { object: String(statement.index), severity: 'to_know', sentence: `How many rows this changes is in no number here: ${why}.` }));
  });
}
