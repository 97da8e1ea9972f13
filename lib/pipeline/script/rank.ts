import { STAGES } from '../kinds/kind.ts';

/** Ranks: what goes, then what changes, then what comes, by kind. */
export const RANK = { retype: 0, drop: 2, alter: 10, create: 20, late: 20 + STAGES.length, last: 21 + STAGES.length } as const;
