import type { StepKind } from './execute-kind.ts';

const SENTENCE = 'The step is still open: its text cannot run as it stands. Replace or remove it.';

/** A step that nobody can run. The signature is refused before it comes here; this is the last door. */
export const openKind: StepKind = {
  run: () => Promise.resolve({ outcome: 'failed', sentence: SENTENCE, errorId: null }),
  probe: () => Promise.resolve({ found: 'absent', sentence: SENTENCE }),
  refuses: () => Promise.resolve(SENTENCE),
};
