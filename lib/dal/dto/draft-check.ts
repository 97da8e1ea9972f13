// What a plan would make of its target, compared with another side. Types only: components may import them.
import type { DraftCause, DraftChecked, DraftState, PassedWhy } from '#lib/pipeline/draft-check.ts';
import type { DecisionVerdict } from '#lib/pipeline/plan.ts';

/** What the plan would make of its target, compared with another side. */
export interface DraftCheckDto {
  /** What it is compared with; null: nobody has said. */
  side: string | null;
  /** May the viewer press the button now? */
  offered: boolean;
  /** Why nobody may, as the plan stands. */
  whyNot: string | null;
  /** What an author may choose to compare with; empty: the viewer may not. */
  choices: readonly string[];
  /** The newest one; null: there is none. */
  last: {
    state: DraftState;
    sentence: string | null;
    stage: string;
    /** Null: it began by itself. */
    by: string | null;
    at: string;
    version: number;
    desired: string;
    outdated: string | null;
    /** When the target was read that it speaks of. */
    readAt: string | null;
    counts: DraftChecked['counts'];
    /** The first of them; `href` leads to Compare. */
    differences: readonly { cause: DraftCause; what: string; how: string; attributes: readonly { name: string; made: string; wanted: string }[]; verdict: DecisionVerdict | null; href: string }[];
    brokenPhase: string | null;
    passed: readonly { title: string; why: PassedWhy }[];
    unread: readonly string[];
  } | null;
}
