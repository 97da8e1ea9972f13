import { loadModule, parseSync } from 'libpg-query';
import type { Phase, Plan, Step } from '../plan.ts';
import type { LintFacts, LintScene, SceneStatement } from './finding.ts';

/**
 * The statements of a plan with their parse trees, in the order in which they will run: what every rule of the lint looks at. A text that does not parse
 * gives no statement here; the step is open then, and a rule of its own says so.
 */
export async function sceneOf(plan: Plan, facts: LintFacts): Promise<LintScene> {
  await loadModule();
  const statements: SceneStatement[] = [];
  let transaction = 0;
  for (const phase of plan.phases) {
    for (const step of phase.steps) {
      transaction += 1;
      statements.push(...statementsOf(phase, step, transaction));
    }
  }
  return { plan, facts, statements };
}

function statementsOf(phase: Phase, step: Step, transaction: number): SceneStatement[] {
  return step.statements.flatMap(({ sql }, index) => parsed(sql).map((node) => ({ phaseId: phase.id, stepId: step.id, index, sql, transaction, ...node })));
}

function parsed(sql: string): Pick<SceneStatement, 'kind' | 'node'>[] {
  let trees: readonly { stmt?: unknown }[];
  try {
    trees = parseSync(sql).stmts ?? [];
  } catch {
    return [];
  }
  return trees.flatMap(({ stmt }) => {
    const [kind, node] = Object.entries((stmt ?? {}) as Record<string, unknown>)[0] ?? [];
    return kind !== undefined && typeof node === 'object' && node !== null ? [{ kind, node: node as Readonly<Record<string, unknown>> }] : [];
  });
}
