import { count, duration, exactNumber } from '#components/ui/format.ts';
import type { RunPulse } from '#lib/dal/dto/run.ts';
import type { Tone } from '#components/ui/state-mark.tsx';
import { expectedOf, isSlowed, TERMINAL_STATES } from '#lib/pipeline/run.ts';
import type { AssertionResult, RunEvent, RunKind, RunState, RunView, StepProgress, StoredRunEvent, Waiting } from '#lib/pipeline/run.ts';

export interface LogLine {
  seq: number;
  at: string;
  kind: RunEvent['type'];
  step: string | null;
  tone: Tone;
  text: string;
}

export function isOver(view: RunView): boolean {
  return TERMINAL_STATES.includes(view.state);
}

/** The step that a person looks at: at work, waiting, in doubt or failed; else the next one. */
export function presentStep(view: RunView): StepProgress | null {
  const busy = view.steps.find((step) => ['running', 'waiting', 'in_doubt', 'failed'].includes(step.state));
  return busy ?? (isOver(view) ? null : (view.steps.find((step) => step.state === 'pending') ?? null));
}

/** `waits for ACCESS EXCLUSIVE on exports, held by pid 4711 (reports, 38 s): select …; next try in 0.4 s, 6 of 40` */
export function waitingSentence(waiting: Waiting): string {
  const retry = waiting.retryInMs === null ? '' : `; next try in ${duration(waiting.retryInMs)}`;
  return `${heldText(waiting)}${retry}${waiting.attempts === 0 ? '' : `, try ${waiting.attempt} of ${waiting.attempts}`}`;
}

/** `ACCESS EXCLUSIVE on exports, held by pid 4711 (reports, active, 38 s)` */
function heldText(waiting: Waiting): string {
  const holders = waiting.blockers.map((blocker) => `pid ${blocker.pid} (${blocker.application || 'no application name'}, ${blocker.state}, ${duration(blocker.seconds * 1_000)})`);
  return `${shortLocks(waiting.forWhat)}${holders.length > 0 ? `, held by ${holders.join(' and ')}` : ''}`;
}

/** One line about a run that goes on, as home tells it. */
export function runningSentence({ state, kind, waiting, workerLost }: { state: RunState; kind: RunKind; waiting: Waiting | null; workerLost: boolean }): string {
  if (workerLost) return state === 'queued' ? 'Waits for a worker.' : 'Its worker is lost; it goes on as soon as one reports.';
  return waiting ? `Waits for ${heldText(waiting)}.` : `${kind === 'rollback' ? 'Rolling back' : 'Running'}; waits for nothing.`;
}

/** `ACCESS EXCLUSIVE on public.a, ACCESS EXCLUSIVE on public.b` → `ACCESS EXCLUSIVE on a, b`; any other text as it is. */
export function shortLocks(forWhat: string): string {
  const parts = forWhat.split(', ').map((part) => /^([A-Z ]+) on (.+)$/.exec(part));
  const modes = new Map<string, string[]>();
  for (const part of parts) {
    const [, mode, table] = part ?? [];
    if (!mode || !table) return forWhat;
    modes.set(mode, [...(modes.get(mode) ?? []), table.replace(/^public\./, '')]);
  }
  return [...modes].map(([mode, tables]) => `${mode} on ${tables.join(', ')}`).join('; ');
}

/** The run as lines, newest first. Of the progress of one statement, and of the tries for one lock, only the last stands. */
export function logLines(events: readonly StoredRunEvent[]): LogLine[] {
  const lines: LogLine[] = [];
  /** The step that has had a try for a lock and waits for the next: what is brought up to date for it in between is no news. */
  let between: string | null = null;
  let rests: string | null = null;
  for (const { seq, at, event } of events) {
    if (event.type === 'progress' && event.step === between) continue;
    // Rests of a run that a person slowed down come with every batch: that they were ordered stands in the log once.
    if (event.type === 'waited' && event.step === rests) continue;
    rests = event.type === 'waiting' && isSlowed(event.waiting) ? event.step : null;
    if (rests !== null) continue;
    between = event.type === 'waiting' && event.waiting.retryInMs !== null ? event.step : null;
    const line: LogLine = { seq, at, kind: event.type, step: 'step' in event ? event.step : null, ...lineOf(event) };
    const last = lines.at(-1);
    // The run failed of its step: the line of the step says why, and stands next to it.
    if (event.type === 'ended' && last?.kind === 'step_failed' && last.text.startsWith(event.sentence)) line.text = `ended: ${event.state}`;
    if (event.type === 'progress' && last?.step === event.step && last.text.startsWith(`${event.label}: `)) lines.pop();
    if (event.type === 'waiting') dropEarlierTries(lines, event.step);
    lines.push(line);
  }
  return lines.toReversed();
}

/** A new try tells all that the earlier ones told, and counts them: back to the last wait of the step goes what they left. */
function dropEarlierTries(lines: LogLine[], step: string): void {
  const before = lines.findLastIndex((line) => line.step !== step || !RETRIED.has(line.kind));
  const wait = lines.findIndex((line, index) => index > before && line.kind === 'waiting');
  if (wait !== -1) lines.splice(wait);
}
const RETRIED: ReadonlySet<RunEvent['type']> = new Set(['waiting', 'step_started', 'statement']);

function lineOf(event: RunEvent): { tone: Tone; text: string } {
  switch (event.type) {
    case 'requested': return { tone: 'grey', text: `asked for by ${event.by}${event.reason ? `: “${event.reason}”` : ''}` };
    case 'claimed': return { tone: 'grey', text: `worker took the run, attempt ${event.attempt}` };
    case 'held': return { tone: 'blue', text: `waits, at the latest until ${event.until.slice(11, 16)} UTC: ${event.why}` };
    case 'checked': return event.movements.length === 0 ? { tone: 'green', text: 'the target is as it was signed' } : { tone: 'red', text: event.movements.map((movement) => movement.sentence).join(' ') };
    case 'step_started': return { tone: 'orange', text: `started, backend pid ${event.pid}` };
    case 'statement': return { tone: 'orange', text: event.label };
    case 'progress': return { tone: 'orange', text: `${event.label}: ${exactNumber(event.done)}${event.total === null ? ` ${event.figure?.unit ?? 'rows'}` : ` of ${event.figure?.about ? 'about ' : ''}${exactNumber(event.total)}${event.figure && event.figure.unit !== 'rows' ? ` ${event.figure.unit}` : ''}`}` };
    case 'waiting': return { tone: 'blue', text: `waits for ${waitingSentence(event.waiting)}` };
    case 'confirmed': return { tone: event.verdict === 'done' ? 'green' : 'red', text: `${event.by} ${event.verdict === 'done' ? 'did it' : 'could not do it'}: “${event.note}”` };
    case 'waited': return { tone: 'grey', text: 'waits no longer' };
    case 'step_applied': return { tone: 'green', text: `committed, ${event.rows > 0 ? `${count(event.rows, 'row')}, ` : ''}${duration(event.ms)}${event.found ? '; found in the ledger, not done again' : ''}` };
    case 'step_failed': return { tone: 'red', text: `${event.sentence}${event.errorId ? ` (error id ${event.errorId})` : ''}` };
    case 'step_in_doubt': return { tone: 'red', text: event.sentence };
    case 'step_absent': return { tone: 'grey', text: event.sentence };
    case 'cancel_requested': return { tone: 'grey', text: `${event.by} asked to cancel${event.reason ? `: “${event.reason}”` : ''}` };
    case 'pace_set': return { tone: 'blue', text: `${event.by} ${event.pace === 0 ? 'paused the run' : event.pace === 100 ? 'let the run go on at full speed' : `set the speed to ${event.pace} %`}${event.reason ? `: “${event.reason}”` : ''}` };
    case 'verified': return { tone: event.results.every((result) => result.ok) ? 'green' : 'red', text: verifiedText(event.results) };
    case 'ended': return { tone: event.state === 'applied' ? 'green' : event.state === 'cancelled' ? 'grey' : 'red', text: event.sentence };
  }
}

/** `verified: 3 of 3 as expected, 1 noted` */
function verifiedText(results: readonly AssertionResult[]): string {
  const { asExpected, of, noted } = expectedOf(results);
  return `verified: ${[...(of > 0 || noted === 0 ? [`${asExpected} of ${of} as expected`] : []), ...(noted > 0 ? [`${noted} noted`] : [])].join(', ')}`;
}

/** What the step last sent: between two tries for a lock it is the same again, and a line that comes and goes would move the page. */
export function lastStatement(events: readonly StoredRunEvent[], step: StepProgress): string | null {
  if (step.statement !== null || step.state !== 'waiting') return step.statement;
  const last = events.findLast(({ event }) => event.type === 'statement' && event.step === step.step)?.event;
  return last?.type === 'statement' ? last.label : null;
}

/** The speed at which a paused run goes on: whoever slowed it down had a reason, which a pause does not end. */
export function paceToResume(events: readonly StoredRunEvent[]): number {
  const last = events.findLast(({ event }) => event.type === 'pace_set' && event.pace > 0)?.event;
  return last?.type === 'pace_set' ? last.pace : 100;
}

/** Words of the head that are no property of the run. */
const SAID: Readonly<Record<string, string>> = { 'worker lost': 'The worker of this run is lost.', 'no worker': 'No worker runs.', deviates: 'The run deviates from what was expected.' };

/** A worker that has not shown itself for this long is not called alive any more, and some seconds later lost. */
const QUIET_MS = 5_000;

/** Who carries the run on. That some worker lives says nothing of a run that none has: it is said that it may take it. */
export function workerText({ workerHolds, workerSeenAt }: Pick<RunPulse, 'workerHolds' | 'workerSeenAt'>, nowMs: number): string {
  if (workerSeenAt === null) return 'none has been seen yet';
  const age = Math.max(0, nowMs - Date.parse(workerSeenAt));
  const ago = `${duration(Math.floor(age / 1_000) * 1_000)} ago`;
  if (!workerHolds) return age <= QUIET_MS ? 'none has the run; one is free' : `none runs; one was seen ${ago}`;
  return age < 1_500 ? 'alive' : `${age > QUIET_MS ? 'last seen' : 'alive'} ${ago}`;
}

/** What is read out: state, step and what it waits for. No running numbers, quarters only. */
export function spoken(view: RunView, word: string, titles: ReadonlyMap<string, string>, percent: number | null): string {
  const step = presentStep(view);
  const number = step ? view.steps.indexOf(step) + 1 : 0;
  const parts = [SAID[word] ?? `The run is ${word}.`];
  if (view.sentence) parts.push(view.sentence);
  else if (step) {
    parts.push(`Step ${number} of ${view.steps.length}, ${titles.get(step.step) ?? step.step}.`);
    if (view.held) parts.push(`It waits before its first step: ${view.held.why}`);
    else if (step.waiting) parts.push(`It waits for ${shortLocks(step.waiting.forWhat)}.`);
    else if (percent !== null && percent >= 25) parts.push(`${Math.floor(percent / 25) * 25} percent.`);
  }
  return parts.join(' ');
}
