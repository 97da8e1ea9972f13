import type { Tone } from '#components/ui/state-mark.tsx';
import type { MigrationState } from '#lib/pipeline/migrations/status.ts';

/** Blue waits for a person: nothing goes on before somebody has said why it may stand. */
export const STATE_LOOK: Readonly<Record<MigrationState, { tone: Tone; word: string }>> = {
  applied: { tone: 'green', word: 'applied' },
  pending: { tone: 'grey', word: 'pending' },
  failed: { tone: 'red', word: 'failed' },
  edited: { tone: 'blue', word: 'edited after apply' },
  unknown_here: { tone: 'blue', word: 'not in the folder' },
  out_of_order: { tone: 'grey', word: 'out of order' },
  not_known: { tone: 'grey', word: 'not known' },
};

export type Mark = 'applied' | 'applied_up_to' | 'rolled_back';

export const MARK_WORDS: Readonly<Record<Mark, { label: string; hint: string }>> = {
  applied_up_to: { label: 'Everything up to it is applied', hint: 'A baseline: the database has all of it already, and only the ledger does not know.' },
  applied: { label: 'It is applied', hint: 'All that the file says stands in the database.' },
  rolled_back: { label: 'It is rolled back', hint: 'Nothing of the try stands in the database, so that it is pending again.' },
};
