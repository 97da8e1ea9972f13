import { STAGES, type Stage } from '../kinds/kind.ts';

/** Ranks: what goes, then what changes, then what comes, by kind. */
export const RANK = { retype: 0, drop: 2, alter: 10, create: 20, late: 20 + STAGES.length, last: 21 + STAGES.length } as const;

/** Of what comes with statements of this stage. */
export function rankOf(stage: Stage | undefined): number {
  return RANK.create + (stage === undefined ? 0 : STAGES.indexOf(stage));
}
