import type { Step } from '../plan.ts';
import type { StepPaper } from './kind.ts';
import { reversed } from './sql.ts';

/** Something that a person does outside the database and then confirms, with a note. The run waits for it. */
export interface ManualWork {
  kind: 'manual';
  /** What is to be done, for the person who does it. */
  instruction: string;
  /** A command of a shell or another tool, as the text gives it; shown to be copied, never run. */
  command?: string;
}

/** The step's statements, if it has any, are sent once the person has confirmed: assertions there prove what was done. */
export const manualPaper: StepPaper = {
  locks: (step) => step.locks,
  previews: () => [],
  sql: (step) => [
    ...(step.work?.kind === 'manual' && step.work.command !== undefined ? [{ label: 'to be run by a person', sql: step.work.command }] : []),
    ...step.statements.map(({ label, sql }) => ({ label, sql })),
  ],
  undone: (step) => (step.undo.length === 0 && !step.undoWork ? null : reversed(step)),
  how: 'by a person, who confirms it with a note',
  progressFrom: 'the person’s confirmation',
  leftBehind: 'whatever a person has done for it stands',
};

/** What a person is asked to do, or null: the step does its work itself. */
export function askedOf(step: Pick<Step, 'work'>): { instruction: string; command: string | null } | null {
  return step.work?.kind === 'manual' ? { instruction: step.work.instruction, command: step.work.command ?? null } : null;
}
