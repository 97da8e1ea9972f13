// What a page shows of one phase of a plan. Types only: components may import them.
import type { Evidence, Finding } from '#lib/pipeline/evidence.ts';
import type { Phase } from '#lib/pipeline/plan.ts';
import type { LintFinding } from '#lib/pipeline/lint/finding.ts';
import type { OrphansAlike } from '#lib/pipeline/orphans-alike.ts';
import type { LongPause } from '#lib/pipeline/planner/rehearsed-pause.ts';
import type { RehearsalVerdict } from '#lib/pipeline/rehearsal-evidence.ts';
import type { AssertionResult, RunKind, RunState } from '#lib/pipeline/run.ts';
import type { PhaseState } from '#lib/pipeline/standing.ts';
import type { Blocker } from './answer.ts';
import type { PhaseRehearsalDto } from './rehearsal.ts';

export interface ApprovalDto {
  id: string;
  person: string;
  /** An author of the plan who made this account or set its password or address; null: none. */
  accountBy: string | null;
  signedAt: string;
  expiresAt: string;
  /** By when the phase must be started; null: at any time. */
  startBy: string | null;
  comment: string;
  digest: string;
  /** How the rehearsal ended that was signed with it; null: none was. */
  rehearsal: RehearsalVerdict | null;
  voidedAt: string | null;
  voidReason: string | null;
  /** It counts: neither void nor out of time, and of what the phase says now. That of a phase that has run stood then. */
  stands: boolean;
}

export interface ChangeRequestDto {
  id: string;
  person: string;
  comment: string;
  at: string;
  resolvedAt: string | null;
}

export interface RunListItem {
  id: string;
  kind: RunKind;
  state: RunState;
  by: string;
  requestedAt: string;
  endedAt: string | null;
  reason: string;
  sentence: string | null;
}

/** A start that waits for its instant. */
export interface ScheduledStartDto {
  id: string;
  startAt: string;
  by: string;
  reason: string;
  /** Why it would be refused if its instant were as things stand now; null: nothing. */
  trouble: string | null;
  mayStop: boolean;
  mayMove: boolean;
}

export interface PhaseDto {
  phase: Phase;
  number: number;
  state: PhaseState;
  /** One sentence: how it stands and whose turn it is. */
  sentence: string;
  /** There is something that only an author can do about it, and can do now. */
  asksAuthor: boolean;
  evidence: Evidence | null;
  /** Findings over the evidence; blocking ones close the approval. */
  findings: readonly (Finding | LintFinding)[];
  /** What the viewer may decide by one word for several foreign keys; null: nothing. */
  alike: OrphansAlike | null;
  /** Ids of findings that may be let stand with a reason. */
  mayStand: readonly string[];
  /** What a rehearsal found, as it is signed: the rehearsal in force, or why there is none. */
  rehearsal: PhaseRehearsalDto;
  longPause: LongPause | null;
  /** It fills new tables beside the live ones: what is decided on orphans happens in the live tables first. */
  fillsBeside: boolean;
  /** What an approver would sign now; null while there is no evidence. */
  digest: string | null;
  /** The number that an approver of a destructive phase types; null = nothing to type or not measured. */
  numberToType: number | null;
  /** What it counts: “the number of rows that …”. */
  numberCounts: string;
  /** What becomes of rows and values, sentence by sentence, as far as findings tell. */
  aboutRows: readonly string[];
  approvalsNeeded: number;
  approvals: readonly ApprovalDto[];
  changeRequests: readonly ChangeRequestDto[];
  runs: readonly RunListItem[];
  activeRunId: string | null;
  /** Null = the viewer may do it now; otherwise why not (empty list never occurs). */
  approveBlockers: readonly Blocker[] | null;
  executeBlockers: readonly Blocker[] | null;
  rollbackBlockers: readonly Blocker[] | null;
  scheduled: ScheduledStartDto | null;
  /** The viewer may schedule a start; `earliest`: the first instant at which it can be, as far as is known. Null: not. */
  schedulable: { earliest: string } | null;
  notStarted: { startAt: string; by: string; sentence: string } | null;
  /** The viewer may start it without the signatures that are missing. */
  mayBreakGlass: boolean;
  /** Titles of what stands where nothing can be taken back any more: an author goes on after it. Null: otherwise. */
  stuck: readonly string[] | null;
  /** Steps that no rollback takes back, and why. */
  stays: readonly { title: string; why: string }[];
  windowClosesAt: string | null;
  dueAt: string | null;
  verification: readonly AssertionResult[];
  /** By step id: what its kind says of it. */
  papers: Readonly<Record<string, StepPaperDto>>;
}

/** Everything a step sends, and everything that takes it back (null: nothing does). */
export interface StepPaperDto {
  sql: readonly { label: string; sql: string }[];
  undo: readonly { label: string; sql: string }[] | null;
  how: string;
}
