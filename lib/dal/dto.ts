// What loaders hand to pages: plain JSON, only the fields that a screen shows. Types only: components may import them.
import type { Evidence, Finding, Quantity } from '#lib/pipeline/evidence.ts';
import type { DraftCause, DraftChecked, DraftState, PassedWhy } from '#lib/pipeline/draft-check.ts';
import type { DecisionVerdict, Phase, Plan } from '#lib/pipeline/plan.ts';
import type { LintFinding } from '#lib/pipeline/lint/finding.ts';
import type { OrphansAlike } from '#lib/pipeline/orphans-alike.ts';
import type { LongPause } from '#lib/pipeline/planner/rehearsed-pause.ts';
import type { ReadingNote } from '#lib/pipeline/runbook/reading.ts';
import type { Refusal, RefusalCode } from '#lib/pipeline/refusal.ts';
import type { RollbackPrice } from '#lib/pipeline/rollback.ts';
import type { Rehearsed, RehearsalState, RehearsedClone, RehearsedStep } from '#lib/pipeline/rehearsal.ts';
import type { RehearsalVerdict } from '#lib/pipeline/rehearsal-evidence.ts';
import type { AssertionResult, RunKind, RunState, RunView, StoredRunEvent, Waiting } from '#lib/pipeline/run.ts';
import type { PhaseState } from '#lib/pipeline/standing.ts';
import type { FollowUpDto, GlassDto } from './home-dto.ts';
import type { TalkDto } from './talk-dto.ts';
import type { PhaseCountDto } from './count-dto.ts';

export type Role = 'viewer' | 'author' | 'approver' | 'operator' | 'admin';

export interface PersonDto {
  id: string;
  name: string;
  email: string;
  roles: readonly Role[];
  /** Somebody else made it: until they have chosen one of their own, there is nothing else for them. */
  passwordTemporary: boolean;
}

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

// ── Plan ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
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
export interface ApprovalDto {
  id: string;
  person: string;
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
/** Of one orphan set, asked for when it is opened. */
export interface OrphanRowsDto {
  firstRows: readonly Readonly<Record<string, string | null>>[];
  keys: readonly string[];
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
  /** What an approver would sign now; null while there is no evidence. */
  digest: string | null;
  /** The number that an approver of a destructive phase types; null = nothing to type or not measured. */
  numberToType: number | null;
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
    clone: { by: RehearsedClone['by']; bytes: number; ms: number; sample: { text: string; why: string } | null } | null;
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
/** The text that a plan was read from. */
export interface PlanTextHeadDto {
  name: string;
  by: string;
  at: string;
  /** Passages that were left out, understood or kept open. */
  notes: number;
}
export interface PlanTextDto extends PlanTextHeadDto {
  planId: string;
  planName: string;
  version: number;
  mayEdit: boolean;
  lines: readonly string[];
  noted: readonly ReadingNote[];
  /** In the order of the text. */
  steps: readonly { id: string; title: string; number: string; phaseId: string; open: boolean; from: number; to: number }[];
  /** What of the text became a step, in lines, and how many lines there are that are not empty. */
  carried: { lines: number; of: number };
}

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

// ── Run ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
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
  /** How long the way forward took, waiting included: the only measured hint of how long going back takes. */
  forwardMs: number | null;
  steps: readonly { title: string; sql: readonly { label: string; sql: string }[] }[];
  locks: readonly string[];
  /** Digest over the price and the steps; sent back with the command so that what is pressed is what was seen. */
  digest: string;
}

// ── Log, databases, report ───────────────────────────────────────────────────────────────────────────────────────────
export interface LogEntryDto {
  seq: number;
  at: string;
  actor: string;
  action: string;
  planId: string | null;
  planName: string | null;
  runId: string | null;
  reason: string | null;
  /** What it was done to: a step, a phase, a person, a database. */
  about: string | null;
  detail: unknown;
  hash: string;
}
export interface LogDto {
  entries: readonly LogEntryDto[];
  actors: readonly string[];
  actions: readonly string[];
  total: number;
  before: number | null;
}
export interface DatabaseDto {
  name: string;
  environment: string;
  reader: { ok: boolean; sentence: string };
  operator: { sentence: string };
  serverVersion: string | null;
  bytes: number | null;
  largest: readonly { table: string; bytes: number; rows: Quantity; analyzedAt: string | null }[];
}
/** Instead of a page's data, when a database or a rule said no: the sentence is the page. */
export interface RefusedDto {
  refused: Refusal;
}
export interface AccountDto extends PersonDto {
  /** For which they sign; '': none. */
  group: string;
  /** How they sign in. */
  signsInBy: readonly ('password' | 'single sign-on')[];
}
export interface PersonAdminDto extends AccountDto {
  disabledAt: string | null;
}
/** What the sign-in page offers. */
export interface SignInDto {
  /** Null where no OpenID Connect provider is configured. The provider's id for next-auth is `oidc`. */
  oidcName: string | null;
  /** One-click people; empty everywhere but in the demo. Sign in with provider `demo`, field `email`. */
  demoPeople: readonly { email: string; name: string; roles: readonly Role[] }[];
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
