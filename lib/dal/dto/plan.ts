// What the list of plans and the page of one show. Types only: components may import them.
import type { Quantity } from '#lib/pipeline/evidence.ts';
import type { Plan } from '#lib/pipeline/plan.ts';
import type { FollowUpDto, GlassDto } from './home.ts';
import type { TalkDto } from './talk.ts';
import type { PhaseCountDto } from '../count-dto.ts';
import type { DraftCheckDto } from './draft-check.ts';
import type { PhaseDto } from './phase.ts';
import type { PlanTextHeadDto } from './plan-text.ts';
import type { RehearsalDto } from './rehearsal.ts';

export interface PlanListItem {
  id: string;
  name: string;
  target: string;
  author: string;
  sentence: string;
  /** Something stands half, or came out otherwise than expected. */
  inTrouble: boolean;
  updatedAt: string;
  phasesDone: number;
  phaseCount: number;
}

/** Of one orphan set, asked for when it is opened. */
export interface OrphanRowsDto {
  firstRows: readonly Readonly<Record<string, string | null>>[];
  keys: readonly string[];
}

/** A difference that somebody answered when the plan was made or edited, as it is spoken of. */
export interface DecidedDto {
  delta: string;
  verdict: Plan['decisions'][number]['verdict'];
  reason: string;
}

export interface PlanDto {
  plan: Plan;
  decided: readonly DecidedDto[];
  /** Null: it was not read from a text. */
  text: PlanTextHeadDto | null;
  rehearsal: RehearsalDto;
  draft: DraftCheckDto;
  version: number;
  digest: string;
  createdBy: string;
  createdAt: string;
  authors: readonly string[];
  versions: readonly { version: number; by: string; at: string; reason: string }[];
  phases: readonly PhaseDto[];
  /** By phase id. */
  counts: Readonly<Record<string, PhaseCountDto>>;
  sentence: string;
  /** Something stands half, or came out otherwise than expected. */
  inTrouble: boolean;
  /** May the viewer edit, measure, decide? */
  mayEdit: boolean;
  verdict: { rowsTouched: Quantity; rowsLost: Quantity; strongestLock: string; rollback: string };
  /** Starts without signatures, oldest first. */
  glasses: readonly GlassDto[];
  followUps: readonly FollowUpDto[];
  /** Who may be given one: people with a role that acts. Empty where the viewer may not add or end any. */
  followUpOwners: readonly { id: string; name: string }[];
  /** The phase whose turn it is; null when all are done. */
  currentPhaseId: string | null;
}

/** The same with what people say about it. */
export interface PlanPageDto extends PlanDto {
  talk: TalkDto;
}

/** How far a command is that measures the phases of a new plan. */
export interface UnderWayDto {
  target: string;
  phase: { number: number; of: number; title: string };
  /** What is asked now: `counts the rows of public.orders`. */
  now: string;
  /** Of all phases. */
  asked: number;
  questions: number;
}
