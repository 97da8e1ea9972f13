// What is said about a plan, as a viewer's screen shows it. Types only: components may import them.
import type { CommentPart } from '#lib/pipeline/mention.ts';

export interface CommentDto {
  id: string;
  by: string;
  at: string;
  /** The version that its writer was looking at. */
  version: number;
  parts: readonly CommentPart[];
}
export interface ThreadDto {
  id: string;
  /** `request`: a request for changes, which closes its phase while it is open. */
  kind: 'comment' | 'request';
  /** Under which phase it stands; null: it is about the whole plan, or its phase has gone. */
  phaseId: string | null;
  /** The step that it is about, while the plan has it. */
  stepId: string | null;
  /** `step 3 · Copy`, or `about a step that version 5 removed: Copy`; empty: about the phase or the plan as such. */
  about: string;
  comments: readonly CommentDto[];
  settled: { by: string | null; at: string } | null;
  maySettle: boolean;
}
/** One line: what happened since the viewer last looked. */
export interface SinceDto {
  at: string;
  news: readonly { text: string; href: string }[];
}
export interface TalkDto {
  threads: readonly ThreadDto[];
  /** Who can be meant by an @. */
  people: readonly { handle: string; name: string }[];
  since: SinceDto | null;
  /** When this page was made, and a text that changes when there is something new on it: what is sent back when it was looked at. */
  seen: { at: string; stamp: string };
}
