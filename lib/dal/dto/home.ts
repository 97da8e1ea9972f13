// What home shows, and what of it stands on the page of a plan too. Types only: components may import them.
import type { FollowUp } from '#lib/pipeline/follow-ups.ts';
import type { RunKind, RunState, Waiting } from '#lib/pipeline/run.ts';
import type { ScheduledStartDto } from './phase.ts';
import type { PlanListItem } from './plan.ts';

export interface HomeItem {
  planId: string;
  planName: string;
  phaseId: string;
  phaseTitle: string;
  phaseNumber: number;
  phaseCount: number;
  sentence: string;
  at: string;
  href: string;
}
/** Why something waits for the viewer, the most pressing first: a run that stands still, a plan that stands half, a way back that closes; then what holds up others. */
export type TurnName = 'run' | 'trouble' | 'window' | 'start' | 'approve' | 'author';

export interface HomeMention {
  planName: string;
  /** `phase 2 of 6 · Convert types`; empty: it is about the plan. */
  about: string;
  by: string;
  /** The beginning of what they wrote. */
  body: string;
  at: string;
  href: string;
}
export interface HomeDto {
  waiting: readonly (HomeItem & { turn: TurnName })[];
  /** `waiting`: for what, and who holds it. `workerLost`: nobody carries it on now. Their sentence is made of these. */
  running: readonly (Omit<HomeItem, 'sentence'> & { state: RunState; kind: RunKind; done: number; total: number | null; waiting: Waiting | null; workerLost: boolean })[];
  scheduled: readonly (HomeItem & { start: ScheduledStartDto })[];
  /** Starts without signatures that nobody has answered for. */
  glasses: readonly (GlassDto & { planName: string })[];
  /** What was scheduled and was refused when its time came; nothing was done about it since. */
  notStarted: readonly HomeItem[];
  windows: readonly (HomeItem & { closesAt: string })[];
  /** Open threads that mean the viewer, who has not answered yet. */
  mentions: readonly HomeMention[];
  /** What is open after plans and has a time, the earliest first. */
  due: readonly DueDto[];
  mayFollowUp: boolean;
  plans: readonly PlanListItem[];
  drift: DriftDto;
  /** May say that drift is known. */
  mayAnswerDrift: boolean;
}
/** An operator started a phase for which signatures were missing. */
export interface GlassDto {
  id: string;
  planId: string;
  phaseId: string;
  phaseTitle: string;
  phaseNumber: number;
  by: string;
  at: string;
  reason: string;
  state: 'open' | 'countersigned' | 'rejected';
  answer: { by: string; at: string; comment: string } | null;
  /** Null = the viewer may answer for it; otherwise the first thing that stands in the way. */
  mayNot: string | null;
}
/** Something that is due after a plan. */
export interface FollowUpDto extends FollowUp {
  planId: string;
  overdue: boolean;
  /** Where it is done: its phase, else the list on the plan. */
  href: string;
}
export interface DueDto extends FollowUpDto {
  planName: string;
}
/** What changed in a database between two readings. */
export interface DriftItemDto {
  id: string;
  database: string;
  since: string;
  foundAt: string;
  differences: number;
  /** Of them, those that no run in between was to make. */
  outside: number;
  names: readonly string[];
  runs: readonly { href: string; what: string; by: string; at: string }[];
  /** The two readings side by side. */
  href: string;
}
export interface DriftDto {
  outside: readonly DriftItemDto[];
  planned: readonly DriftItemDto[];
  checks: readonly { database: string; checkedAt: string | null; trouble: string | null }[];
}
