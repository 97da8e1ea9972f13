// What the page of a run shows, and what its rollback would cost. Types only: components may import them.
import type { RollbackPrice } from '#lib/pipeline/rollback.ts';
import type { RehearsedStep } from '#lib/pipeline/rehearsal.ts';
import type { RunKind, RunView, StoredRunEvent, Waiting } from '#lib/pipeline/run.ts';
import type { Blocker } from './answer.ts';

export interface RunDto {
  id: string;
  planId: string;
  planName: string;
  phaseId: string;
  phaseTitle: string;
  phaseNumber: number;
  phaseCount: number;
  target: string;
  kind: RunKind;
  requestedBy: string;
  requestedAt: string;
  reason: string;
  endedAt: string | null;
  /** `asks`: what only a person can do; null: the step does its work itself. */
  steps: readonly { id: string; title: string; sql: readonly { label: string; sql: string }[]; asks: { instruction: string; command: string | null } | null }[];
  view: RunView;
  /** What a rehearsal that had proved the phase when the run was asked for says of its steps, by id; null: there was none. */
  rehearsed: { at: string; /** The clone held a part of the rows. */ sampled: boolean; steps: Readonly<Record<string, Pick<RehearsedStep, 'ms' | 'locks'> & { counted: NonNullable<RehearsedStep['counted']> }>> } | null;
  events: readonly StoredRunEvent[];
  mayCancel: boolean;
  /** May answer for a step that waits for a person. */
  mayConfirm: boolean;
  /** For the rollback button of an ended or failed forward run; null = may be pressed. */
  rollbackBlockers: readonly Blocker[] | null;
  /** Titles of what this run has done and no rollback takes back. */
  stays: readonly string[];
  windowClosesAt: string | null;
  /** How the tables beside the live ones stand, measured now; null when this run left none. */
  kept: { sentence: string; fine: boolean } | null;
  /** What comes next for a person, e.g. the next phase. */
  next: { sentence: string; href: string } | null;
}

/** Sent beside the run's events, about once a second while it is active. */
export interface RunPulse {
  /** Whether a worker has the run: one that was stopped in order gives it back, and the next takes it. */
  workerHolds: boolean;
  /** When that worker, or without one any, last showed itself. */
  workerSeenAt: string | null;
  /** The worker that has it has been silent for too long, or nobody has it and no worker runs. */
  workerLost: boolean;
  /** Could the target be looked at? Null: nobody has looked yet. Without that the next two are empty, which says nothing. */
  targetAnswers: boolean | null;
  /** Who waits for us: sessions blocked by the run's backend. */
  blockedByUs: readonly Waiting['blockers'][number][];
  oldestTransactionSeconds: number | null;
}

export interface RollbackPriceDto {
  price: RollbackPrice;
  /** Titles of steps that stand and that nothing takes back. */
  stays: readonly string[];
  /** Why the way back may not meet what the way forward left; null: nothing speaks for it. */
  doubt: string | null;
  /** By what it would stop under its lock, and change nothing; null: by nothing that can be seen now. */
  stops: string | null;
  /** How long the way forward was at work, without pauses: the only measured hint of how long going back takes. */
  forwardMs: number | null;
  steps: readonly { title: string; sql: readonly { label: string; sql: string }[] }[];
  locks: readonly string[];
  /** Digest over the price and the steps; sent back with the command so that what is pressed is what was seen. */
  digest: string;
}
