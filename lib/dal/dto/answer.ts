// What a form is answered, and why something cannot be done. Types only: components may import them.
import type { Refusal, RefusalCode } from '#lib/pipeline/refusal.ts';

/** State of every form (useActionState). `to` = path to go to after success. Never echoes a secret; `once` = one that was made just now, for this one look. */
export type ActionState =
  | { status: 'idle' }
  | { status: 'refused'; code: RefusalCode; sentence: string }
  | { status: 'surprise'; sentence: string; errorId: string }
  | { status: 'done'; sentence: string; to?: string; once?: string };

/** Why the primary action cannot be pressed. */
export interface Blocker {
  code: string;
  sentence: string;
  /** `author`: something is to be done, but by somebody who may edit the plan, which the viewer may not. */
  move: 'yours' | 'author' | 'clears';
}

/** Instead of a page's data, when a database or a rule said no: the sentence is the page. */
export interface RefusedDto {
  refused: Refusal;
}
