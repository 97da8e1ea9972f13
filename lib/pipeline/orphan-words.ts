import type { OrphanDecision } from './plan.ts';

/** What was decided about rows without a parent, in the words of every page, notice and void signature. */
export const ORPHAN_VERDICT_WORDS: Readonly<Record<OrphanDecision['verdict'], string>> = {
  delete: 'take out and keep in quarantine',
  set_null: 'set to null',
  re_point: 'point elsewhere',
  stop: 'stop: they are put right by hand first',
};
