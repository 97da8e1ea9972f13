import type { StepPaper } from './kind.ts';

/** Why a text cannot run as it stands. */
export type OpenReason = 'placeholder' | 'does_not_parse' | 'other_tool' | 'psql_command' | 'other_database';

/**
 * What a text says and nobody can run: a placeholder, SQL that does not parse, the command of a tool that is not here. It is kept word by word where it
 * stood, so that nothing of the text is lost in silence, and the phase cannot be signed before a person has replaced or removed it.
 */
export interface OpenWork {
  kind: 'open';
  text: string;
  /** As the text names it: `sql`, `bash`; empty when it does not. */
  language: string;
  why: OpenReason;
  /** For a person: what is wrong with it and what could stand there. */
  sentence: string;
  /** Where in the text, both from 1. */
  at: { line: number; column: number };
}

export const openPaper: StepPaper = {
  locks: () => [],
  previews: () => [],
  sql: (step) => (step.work?.kind === 'open' ? [{ label: 'as written', sql: step.work.text }] : []),
  undone: () => null,
  how: 'not at all, until somebody has said what is meant',
  progressFrom: 'nothing',
  leftBehind: 'nothing of it stands',
};
