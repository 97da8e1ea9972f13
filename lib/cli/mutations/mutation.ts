import type { Ground } from './ground.ts';

/** Statements that may be valid on what is there; null when there is nothing to say it of. The server decides. */
export type Mutation = (ground: Ground) => string | null;
