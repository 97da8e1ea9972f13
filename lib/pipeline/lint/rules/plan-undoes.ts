import { shapeOf } from '../../runbook/shape.ts';
import type { Phase } from '../../plan.ts';
import { listed } from '../../words.ts';
import type { LintFinding, LintRule, LintScene } from '../finding.ts';
import { findingId } from '../seen.ts';

/** Words of phases that take their own helpers away. */
const TIDIES = /\b(?:clean|tidy|temp|tmp|scratch|staging|helper)/i;

/**
 * A phase that does nothing but take back what phases before it did: a way back under a heading that was not read as one, which would run forward. Language decides which
 * headings are; what statements do does not depend on it.
 */
export const UNDOES_RULES: readonly LintRule[] = [{
  code: 'TAKES_BACK_THE_PLAN',
  about: 'A phase in which every statement takes back what the plan did before: a way back that would run forward.',
  look: (scene) => {
    const done = new Set<string>();
    const statements = Map.groupBy(scene.statements, (one) => one.phaseId);
    return scene.plan.phases.flatMap((phase) => {
      const paths = new Map(phase.steps.map((step) => [step.id, step.searchPath]));
      const shapes = (statements.get(phase.id) ?? []).filter((one) => !['SelectStmt', 'VariableSetStmt'].includes(one.kind)).map((one) => shapeOf(one.kind, one.node, one.sql, paths.get(one.stepId) ?? ['public']));
      const back = shapes.length > 0 && shapes.every(({ acts }) => acts.length > 0 && acts.every((act) => done.has(act)));
      for (const { takenBackBy } of shapes) for (const act of takenBackBy) done.add(act);
      return back && phase.kind === 'written' && phase.due === null && !TIDIES.test(phase.title) ? [finding(scene, phase, shapes.map(({ label }) => label))] : [];
    });
  },
}];

function finding(scene: LintScene, phase: Phase, labels: readonly string[]): LintFinding {
  const shown = labels.length > 3 ? [...labels.slice(0, 3), `${labels.length - 3} more`] : labels;
  return {
    code: 'TAKES_BACK_THE_PLAN', id: findingId('TAKES_BACK_THE_PLAN', phase.id, ''), severity: 'blocking', move: 'yours', phaseId: phase.id, stepId: null, statement: null, at: phase.source ? { line: phase.source.from, column: 1 } : null,
    sentence: `All that “${phase.title}” does is to take back what the plan did before (${listed(shown)}), and it would run on ${scene.plan.target} as a phase like any other. If it is the way back, remove it: each step has its own.`,
  };
}
