import type { StepPaper } from './kind.ts';

/** Something that a person does outside the database and then confirms, with a note. The run waits for it. */
export interface ManualWork {
  kind: 'manual';
  /** What is to be done, for the person who does it. */
  instruction: string;
  /** A command of a shell or another tool, as the text gives it; shown to be copied, never run. */
  command?: string;
}

export const manualPaper: StepPaper = {
  locks: () => [],
  previews: () => [],
  sql: (step) => (step.work?.kind === 'manual' && step.work.command !== undefined ? [{ label: 'to be run by a person', sql: step.work.command }] : []),
  undone: () => null,
  how: 'by a person, who confirms it with a note',
  progressFrom: 'the person’s confirmation',
  leftBehind: 'whatever the person has done',
};
