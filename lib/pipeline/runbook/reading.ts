import type { Phase, PlanFollowUp } from '../plan.ts';

/** A runbook as a person gave it. */
export interface RunbookText {
  name: string;
  text: string;
}

/** What was made of a text, and what somebody should know about the reading of it. */
export interface RunbookReading {
  /** In the order of the text. Locks, rewrites and hazards of steps are filled in from sql-facts. */
  phases: readonly Phase[];
  /** What the text leaves to do once all has run. */
  followUps: readonly PlanFollowUp[];
  notes: readonly ReadingNote[];
}

export type ReadingNoteCode =
  /** Kept as a step that cannot run until somebody says what is meant. */
  | 'kept_open'
  /** A passage that is told and not done: a history, an example, another environment. */
  | 'left_out'
  /** Something was understood that the text does not say word for word. */
  | 'understood'
  | 'asks_for_value';

export interface ReadingNote {
  code: ReadingNoteCode;
  /** For a person. */
  sentence: string;
  /** Both from 1. */
  line: number;
  column: number;
  /** The step that it is about. */
  stepId?: string;
  /** Of a passage that was left out and could be run: what `take` has to name for it to be read all the same. */
  take?: number;
}
