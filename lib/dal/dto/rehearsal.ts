// What a page shows of a plan’s rehearsals. Types only: components may import them.
import type { Rehearsed, RehearsalState, RehearsedClone, RehearsedStep } from '#lib/pipeline/rehearsal.ts';
import type { RehearsalVerdict } from '#lib/pipeline/rehearsal-evidence.ts';

/** `since`: what a newer rehearsal said than the one that was signed; it moved nothing. */
export type PhaseRehearsalDto =
  | { verdict: RehearsalVerdict; at: string; by: string; version: number; sentence: string; forwardMs: number; backMs: number; since: string | null }
  | { verdict: null; sentence: string };

/** What one step did on a clone. */
export interface RehearsedStepDto extends Pick<RehearsedStep, 'ms' | 'rows' | 'walBytes' | 'diskBytes' | 'locks' | 'rewritten' | 'trouble'> {
  /** Of taking it back; null when it was not. */
  backMs: number | null;
  backTrouble: string | null;
}

export interface RehearsalDto {
  /** May the viewer press the button now? */
  offered: boolean;
  /** The newest one; null: the plan was never rehearsed. */
  last: {
    state: RehearsalState;
    by: string;
    at: string;
    version: number;
    sentence: string | null;
    /** What is under way. */
    stage: string;
    /** Who asked for its end, if somebody did. */
    stoppedBy: string | null;
    /** May the viewer stop it now? */
    stoppable: boolean;
    /** `sample`: what it held where it was not cloned whole, and why not. */
    clone: { by: RehearsedClone['by']; bytes: number; ms: number; sample: { text: string; why: string } | null; leftOut: readonly string[] } | null;
    targetFingerprint: string | null;
    proof: Rehearsed['proof'];
    left: Rehearsed['left'];
    /** Why it says nothing about the plan any more; null when it does. */
    outdated: string | null;
    forwardMs: number;
    backMs: number;
    /** By step id. */
    steps: Readonly<Record<string, RehearsedStepDto>>;
  } | null;
}
