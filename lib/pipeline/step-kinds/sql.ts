import type { Step } from '../plan.ts';
import type { StepPaper } from './kind.ts';

/** Statements in one transaction, and its ledger row with them. The kind of every step without `work`. */
export const sqlPaper: StepPaper = {
  locks: (step) => step.locks,
  previews: () => [],
  sql: (step) => step.statements.map(({ label, sql }) => ({ label, sql })),
  undone: (step) => (step.undo.length === 0 && !step.undoWork ? null : reversed(step)),
  how: 'one transaction',
  progressFrom: 'statements sent, and rows of a copy counted in the same transaction',
  leftBehind: 'nothing of it stands',
};

/** `undo` becomes the statements and `undoWork` the work; what is undone cannot be undone again. */
export function reversed(step: Step): Step {
  const { undoWork, undoLocks, work: _forward, ...rest } = step;
  return {
    ...rest,
    title: `Undo: ${step.title}`,
    statements: step.undo,
    undo: [],
    locks: undoLocks ?? step.locks,
    rewrite: false,
    hazards: [],
    editable: false,
    ...(undoWork ? { work: undoWork } : {}),
  };
}
