import type { Movement } from './evidence.ts';

export type StepState = 'pending' | 'running' | 'waiting' | 'applied' | 'in_doubt' | 'failed' | 'rolled_back';
export type RunKind = 'forward' | 'rollback';

/**
 * queued → checking → running → verifying → applied | deviated
 *                  ↘ refused      ↘ failed | cancelled
 * `deviated` = committed, but expected and actual differ. `failed` and `cancelled` keep the steps that were applied before.
 * A worker that dies leaves the state as it is; the next attempt goes on from the events and the ledger.
 */
export type RunState = 'queued' | 'checking' | 'running' | 'verifying' | 'applied' | 'deviated' | 'refused' | 'failed' | 'cancelled';
export const TERMINAL_STATES: readonly RunState[] = ['applied', 'deviated', 'refused', 'failed', 'cancelled'];

/** A session in the way. `seconds`: the age of its transaction. `began`: when the session did, which with the pid names it; absent where there is none, and in events of before it was asked. */
export interface Blocking {
  pid: number;
  application: string;
  state: string;
  seconds: number;
  query: string;
  began?: string | null;
}

/** The command by which a person ends exactly this session, and none that was given its pid later; null where there is no session to end. */
export function endingSql({ pid, began }: Blocking): string | null {
  return began ? `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ${pid} AND backend_start = '${began}';` : null;
}

export interface Waiting {
  /** For example `ACCESS EXCLUSIVE on public.bazaar-vid_exports`. */
  forWhat: string;
  blockers: readonly Blocking[];
  attempt: number;
  attempts: number;
  retryInMs: number | null;
}

const SLOWED = /^its turn: a person set the speed to \d+ %$/;

/** What a run that a person slowed down says in each rest between two batches. */
export function slowedTo(pace: number): string {
  return `its turn: a person set the speed to ${pace} %`;
}

/** Such a rest is no wait: nobody is in the way, and the run goes on as fast as it was told. */
export function isSlowed({ forWhat }: Pick<Waiting, 'forWhat'>): boolean {
  return SLOWED.test(forWhat);
}

/** What a figure of progress is, where it is not rows that the statement itself counted. */
export interface ProgressFigure {
  /** What is counted: `blocks`, `rows`. */
  unit: string;
  /** Where the number comes from. */
  source: string;
  /** The total is an estimate. */
  about: boolean;
}

/** Something that a step found or made, for a person to read: where a file is, how large. */
export interface StepFact {
  label: string;
  value: string;
}

export interface AssertionResult {
  label: string;
  expected: string;
  actual: string;
  ok: boolean;
  /** Nothing was expected: the answer is kept for a person to read, and says neither yes nor no. */
  noted?: boolean;
}

/** How many came out as expected, of those where something was expected; what was only noted counts in neither. */
export function expectedOf(results: readonly AssertionResult[]): { asExpected: number; of: number; noted: number } {
  const compared = results.filter((result) => !result.noted);
  return { asExpected: compared.filter((result) => result.ok).length, of: compared.length, noted: results.length - compared.length };
}

/** What a person answered to a step that only a person can do. */
export interface ManualAnswer {
  by: string;
  verdict: 'done' | 'not_done';
  note: string;
  at: string;
}

/** What happened, in order. Appended to the control database, never changed; the page and the worker reduce the same list. */
export type RunEvent =
  | { type: 'requested'; by: string; reason: string }
  | { type: 'claimed'; worker: string; attempt: number }
  /** Before its first step it waits for what clears by itself, until `until` (ISO) at the latest. */
  | { type: 'held'; why: string; until: string }
  /** `facts`: what the assertions of this run expect from its own evidence (run-facts.ts), so that a later attempt expects the same. */
  | { type: 'checked'; movements: readonly Movement[]; facts?: Readonly<Record<string, string>> }
  | { type: 'step_started'; step: string; attempt: number; pid: number; backendStart: string; xid: string | null }
  | { type: 'statement'; step: string; index: number; label: string }
  | { type: 'progress'; step: string; label: string; done: number; total: number | null; figure?: ProgressFigure }
  | { type: 'waiting'; step: string; waiting: Waiting }
  | { type: 'waited'; step: string }
  /** A person has answered for a step that waits for a person. */
  | { type: 'confirmed'; step: string; by: string; verdict: ManualAnswer['verdict']; note: string }
  | { type: 'step_applied'; step: string; rows: number; ms: number; xid: string; assertions: readonly AssertionResult[]; found: boolean; facts?: readonly StepFact[] }
  | { type: 'step_failed'; step: string; sentence: string; errorId: string | null }
  | { type: 'step_in_doubt'; step: string; sentence: string }
  | { type: 'step_absent'; step: string; sentence: string }
  | { type: 'cancel_requested'; by: string; reason: string }
  /** 100 as fast as it may, 0 paused. */
  | { type: 'pace_set'; by: string; pace: number; reason: string }
  | { type: 'verified'; results: readonly AssertionResult[] }
  | { type: 'ended'; state: RunState; sentence: string };

export interface StoredRunEvent {
  seq: number;
  at: string;
  event: RunEvent;
}

export interface StepProgress {
  step: string;
  state: StepState;
  /** Label of the statement being executed. */
  statement: string | null;
  /** 0-based index of that statement. */
  index: number;
  done: number;
  total: number | null;
  figure: ProgressFigure | null;
  startedAt: string | null;
  endedAt: string | null;
  rows: number | null;
  waiting: Waiting | null;
  sentence: string | null;
  xid: string | null;
  pid: number | null;
  backendStart: string | null;
  assertions: readonly AssertionResult[];
  facts: readonly StepFact[];
  /** Of a step that only a person can do; null while nobody has answered. */
  answer: ManualAnswer | null;
}

/** The run as the events tell it: plain JSON. */
export interface RunView {
  kind: RunKind;
  state: RunState;
  attempt: number;
  steps: readonly StepProgress[];
  checked: boolean;
  /** What it waits for before its first step; null: nothing holds it. */
  held: { why: string; until: string } | null;
  /** A step of several transactions has begun: part of it may stand although no step is applied. */
  touched: boolean;
  cancelRequested: boolean;
  /** As a person set it last: 100 as fast as it may, 0 paused. */
  pace: number;
  pacedBy: string | null;
  movements: readonly Movement[];
  /** By factKey(); empty before the check. */
  facts: Readonly<Record<string, string>>;
  verification: readonly AssertionResult[];
  sentence: string | null;
  lastSeq: number;
}

export type Command =
  | { do: 'check' }
  | { do: 'resolve'; step: string }
  | { do: 'step'; step: string }
  | { do: 'verify' }
  | { do: 'end'; state: RunState; sentence: string }
  | { do: 'nothing' };

/** The run before any event: `stepIds` in the order in which they will be executed. */
export function newRun(kind: RunKind, stepIds: readonly string[]): RunView {
  return { kind, state: 'queued', attempt: 0, steps: stepIds.map(newStep), checked: false, held: null, touched: false, cancelRequested: false, pace: 100, pacedBy: null, movements: [], facts: {}, verification: [], sentence: null, lastSeq: 0 };
}

function newStep(step: string): StepProgress {
  return { step, state: 'pending', statement: null, index: 0, done: 0, total: null, figure: null, startedAt: null, endedAt: null, rows: null, waiting: null, sentence: null, xid: null, pid: null, backendStart: null, assertions: [], facts: [], answer: null };
}

/** The run after one more event. Pure; unknown steps and events are ignored so that an old page survives a newer worker, and an ended run stays ended. */
export function reduce(run: RunView, stored: StoredRunEvent): RunView {
  if (TERMINAL_STATES.includes(run.state)) return { ...run, lastSeq: stored.seq };
  return { ...apply(run, stored.event, stored.at), lastSeq: stored.seq };
}

function apply(run: RunView, event: RunEvent, at: string): RunView {
  switch (event.type) {
    case 'requested': return run;
    case 'claimed': return { ...run, attempt: event.attempt, state: isBegun(run) ? 'running' : 'checking', checked: false, held: null, steps: run.steps.map(interrupted) };
    case 'held': return { ...run, held: { why: event.why, until: event.until } };
    case 'checked': return { ...run, checked: true, held: null, movements: event.movements, facts: event.facts ?? {}, state: event.movements.length > 0 ? run.state : 'running' };
    case 'step_started': return { ...patch(run, event.step, (step) => started(step, event, at)), state: 'running', touched: run.touched || event.xid === null };
    case 'statement': return underway(run, event.step, (step) => ({ ...step, ...stillWaiting(step, event.index), statement: event.label, index: event.index, done: 0, total: null, figure: null }));
    case 'progress': return underway(run, event.step, (step) => (betweenTries(step) ? step : { ...step, state: 'running', statement: event.label, done: event.done, total: event.total, figure: event.figure ?? null, waiting: null }));
    case 'waiting': return underway(run, event.step, (step) => waits(step, event.waiting));
    case 'waited': return underway(run, event.step, (step) => ({ ...step, state: 'running', waiting: null }));
    case 'confirmed': return answered(run, event, at);
    case 'step_applied': return patch(run, event.step, (step) => ({ ...step, state: doneState(run.kind), endedAt: at, rows: event.rows, xid: event.xid, assertions: event.assertions, facts: event.facts ?? [], waiting: null, sentence: null }));
    case 'step_failed': return patch(run, event.step, (step) => ({ ...step, state: 'failed', endedAt: at, sentence: event.sentence, waiting: null }));
    case 'step_in_doubt': return patch(run, event.step, (step) => ({ ...step, state: 'in_doubt', sentence: event.sentence, waiting: null }));
    case 'step_absent': return patch(run, event.step, (step) => ({ ...step, state: 'pending', sentence: event.sentence, waiting: null, startedAt: null, statement: null, index: 0, done: 0, total: null, figure: null }));
    case 'cancel_requested': return { ...run, cancelRequested: true };
    case 'pace_set': return { ...run, pace: event.pace, pacedBy: event.by };
    case 'verified': return { ...run, verification: event.results, state: 'verifying' };
    case 'ended': return { ...run, held: null, state: event.state, sentence: event.sentence };
    // From a newer worker than this page knows.
    default: return run;
  }
}

/** The first answer counts, and is kept when the worker goes away before it has made anything of it. */
function answered(run: RunView, { step: id, by, verdict, note }: Extract<RunEvent, { type: 'confirmed' }>, at: string): RunView {
  const noted = patch(run, id, (step) => ({ ...step, answer: step.answer ?? { by, verdict, note, at } }));
  return underway(noted, id, (step) => ({ ...step, state: 'running', waiting: null }));
}

/** Time and waiting go on over the tries for one lock: each try is a transaction of its own, but one wait for the person who watches. */
function started(step: StepProgress, event: Extract<RunEvent, { type: 'step_started' }>, at: string): StepProgress {
  const again = step.state === 'waiting' && event.attempt > 1;
  return {
    ...step, state: again ? 'waiting' : 'running', waiting: again && step.waiting ? { ...step.waiting, retryInMs: null } : null, startedAt: again ? step.startedAt : at, endedAt: null, statement: null, index: 0, done: 0, total: null, figure: null,
    sentence: null, pid: event.pid, backendStart: event.backendStart, xid: event.xid,
  };
}

/** A rest that a person ordered is no wait: the step is at work, as fast as it may. Between two tries for a lock it hides nothing of what is waited for. */
function waits(step: StepProgress, waiting: Waiting): StepProgress {
  if (!isSlowed(waiting)) return { ...step, state: 'waiting', waiting };
  return betweenTries(step) ? step : { ...step, state: 'running', waiting: null };
}

/** The next try has not begun. What is brought up to date for it meanwhile is not what the step waits for, and ends no wait. */
function betweenTries(step: StepProgress): boolean {
  return step.waiting !== null && step.waiting.retryInMs !== null;
}

/** The statement that waited is sent again: it waits until it has come back. */
function stillWaiting(step: StepProgress, index: number): Pick<StepProgress, 'state' | 'waiting'> {
  return step.waiting && index <= step.index ? { state: 'waiting', waiting: step.waiting } : { state: 'running', waiting: null };
}

/** A step that was under way when its worker died: sent, outcome unknown. */
function interrupted(step: StepProgress): StepProgress {
  return isUnderway(step) ? { ...step, state: 'in_doubt', waiting: null, sentence: 'Its worker went away while it ran; whether it took effect is being looked up.' } : step;
}

function isUnderway(step: StepProgress): boolean {
  return step.state === 'running' || step.state === 'waiting';
}

function doneState(kind: RunKind): StepState {
  return kind === 'forward' ? 'applied' : 'rolled_back';
}

function isBegun(run: RunView): boolean {
  return run.touched || run.steps.some((step) => step.state === doneState(run.kind));
}

function patch(run: RunView, step: string, change: (step: StepProgress) => StepProgress): RunView {
  return { ...run, steps: run.steps.map((one) => (one.step === step ? change(one) : one)) };
}

/** Reports of a step that is over already come too late to say anything. */
function underway(run: RunView, step: string, change: (step: StepProgress) => StepProgress): RunView {
  return patch(run, step, (one) => (isUnderway(one) ? change(one) : one));
}

/**
 * What the worker does next, from the events alone. In doubt comes before everything, because nobody may act on a target
 * whose state is not known. The check comes once per attempt and only while this run has changed nothing yet: afterwards the
 * target differs from what was signed because of the run itself.
 * @param idle steps that leave nothing when a run ends behind them, by id: it changed nothing then.
 */
export function nextCommand(run: RunView, idle: ReadonlySet<string> = new Set()): Command {
  if (TERMINAL_STATES.includes(run.state)) return { do: 'nothing' };
  const doubtful = run.steps.find((step) => step.state === 'in_doubt');
  if (doubtful) return { do: 'resolve', step: doubtful.step };
  const failed = run.steps.find((step) => step.state === 'failed');
  if (failed) return { do: 'end', state: 'failed', sentence: failed.sentence ?? 'A step failed.' };
  const done = doneState(run.kind);
  const next = run.steps.find((step) => step.state !== done);
  if (next && run.cancelRequested) return { do: 'end', state: 'cancelled', sentence: cancelSentence(run, done, idle) };
  if (run.movements.length > 0) return { do: 'end', state: 'refused', sentence: `Refused before the first step; nothing was changed. What was signed has moved: ${run.movements.map((movement) => movement.sentence).join(' ')}` };
  if (!run.checked && !isBegun(run)) return { do: 'check' };
  if (next) return { do: 'step', step: next.step };
  if (run.state !== 'verifying') return { do: 'verify' };
  const off = run.verification.filter((result) => !result.ok);
  if (off.length > 0) return { do: 'end', state: 'deviated', sentence: `${off.length} of ${expectedOf(run.verification).of} verifications differ from what was expected.` };
  return { do: 'end', state: 'applied', sentence: run.kind === 'forward' ? 'Applied and verified.' : 'Rolled back and verified.' };
}

function cancelSentence(run: RunView, done: StepState, idle: ReadonlySet<string>): string {
  const applied = run.steps.filter((step) => step.state === done);
  if (applied.length === 0) return 'Cancelled; nothing was changed.';
  const stands = applied.every(({ step }) => idle.has(step)) ? 'nothing was changed that stands' : 'what those steps changed stands';
  return `Cancelled after ${applied.length} of ${run.steps.length} steps; ${stands}.`;
}
