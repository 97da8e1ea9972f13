import type { OrphanDecision } from '#lib/pipeline/plan.ts';

/** As lib/pipeline/orphan-words.ts says it, which pages may not load; a test keeps the two alike. */
export const VERDICT_TEXT: Readonly<Record<OrphanDecision['verdict'], string>> = {
  delete: 'take out and keep in quarantine',
  set_null: 'set to null',
  re_point: 'point elsewhere',
  stop: 'stop: they are put right by hand first',
};
