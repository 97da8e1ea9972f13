// The text that a plan was read from, line by line with what became of it. Types only: components may import them.
import type { ReadingNote } from '#lib/pipeline/runbook/reading.ts';

/** The text that a plan was read from. */
export interface PlanTextHeadDto {
  name: string;
  by: string;
  at: string;
  /** Passages that were left out, understood or kept open. */
  notes: number;
}

export interface PlanTextDto extends PlanTextHeadDto {
  planId: string;
  planName: string;
  version: number;
  mayEdit: boolean;
  lines: readonly string[];
  noted: readonly ReadingNote[];
  /** In the order of the text. */
  steps: readonly { id: string; title: string; number: string; phaseId: string; open: boolean; from: number; to: number }[];
  /** What of the text became a step, in lines, and how many lines there are that are not empty. */
  carried: { lines: number; of: number };
}
