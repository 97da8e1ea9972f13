import { setTimeout as sleep } from 'node:timers/promises';
import type { BackupEnv, DatabaseConfig, PacingEnv } from '#lib/env.ts';
import { logSurprise } from '#lib/log.ts';
import type { RunSession } from '#lib/pg/execute-session.ts';
import type { LedgerRun } from '#lib/pg/ledger.ts';
import { refusalFromConnection } from '#lib/pg/session.ts';
import { forLog } from '#lib/pipeline/answer.ts';
import { Refused, type RefusalCode } from '#lib/pipeline/refusal.ts';
import { heldUntil } from '#lib/pipeline/start-rules.ts';
import { kindOf } from '#lib/pipeline/step-kinds/all.ts';
import type { Policy } from '#lib/pipeline/policy.ts';
import { type Command, nextCommand, type RunEvent, type RunState, type StepProgress } from '#lib/pipeline/run.ts';
import { idleSteps } from '#lib/pipeline/standing.ts';
import { listApprovals, voidApprovals } from '#lib/store/approvals.ts';
import type { AuditRecord } from '#lib/store/audit.ts';
import type { ControlDb, ControlTrx } from '#lib/store/db.ts';
import type { Claim } from '#lib/store/lease.ts';
import { releaseRun } from '#lib/store/run-progress.ts';
import { checkRun } from './check.ts';
import { isControlAway, LeaseLost, untilControlAnswers } from './control.ts';
import type { ReachPoint } from './fault-points.ts';
import { type Journal, openJournal } from './journal.ts';
import { monitorRun } from './monitor.ts';
import { refuseForgotten, resolveStep } from './resolve.ts';
import { loadRunCase, type RunCase } from './run-case.ts';
import { type StepRunner, stepRecord, stepRunner } from './step-runner.ts';
import { type Target, targetOf } from './target.ts';
import { verifyRun } from './verify.ts';
import { type Watch, watchRun } from './watch.ts';

export interface WorkerTerms {
  db: ControlDb;
  databases: readonly DatabaseConfig[];
  /** As people read it: `host (process 123)`. */
  name: string;
  backup: BackupEnv;
  pacing: PacingEnv;
  policy: Pick<Policy, 'rehearsalRequired' | 'approvals' | 'approvalsDestructive' | 'teamRules'>;
  reach: ReachPoint;
}

/** One run in the hands of one worker. */
interface Drive {
  terms: WorkerTerms;
  found: RunCase;
  ledgerRun: LedgerRun;
  journal: Journal;
  watch: Watch;
  target: Target;
  /** What the monitor may look at and cancel. */
  busy: { session: RunSession | null; runner: StepRunner | null; shielded: boolean };
  /** Troubles in a row, and how often each step came to nothing in this attempt. */
  troubles: number;
  lost: Map<string, number>;
  /** When it was last said why a step in doubt cannot be looked up. */
  doubtAt: number;
}

/** Clears by itself, so it is tried again before it ends a run. */
const PASSING: readonly RefusalCode[] = ['database_unreachable', 'database_timeout', 'target_busy', 'replica_behind'];
const TRIES_BEFORE_FIRST_STEP = 3;
const TRIES_BETWEEN_STEPS = 60;
const HELD_LOOK_MS = 1_000;
/** What keeps a step in doubt is said again, so that nobody takes an old sentence for the state of things. */
const DOUBT_TELL_MS = 30_000;
/** A step that takes the connection down with it each time is not done for ever. */
const LOSSES_PER_STEP = 5;

/**
 * Carries a claimed run on until it has ended, was given back, or belongs to somebody else. A loop around the pure state machine: the
 * events say what is next, one effect does it, its events are appended. Throws only what is nobody's expected trouble.
 */
export async function driveRun(terms: WorkerTerms, claim: Claim, shutdown: AbortSignal): Promise<void> {
  const watch = watchRun(terms.db, claim, shutdown);
  try {
    const impatient = () => watch.reason() === 'shutdown' || watch.reason() === 'lost';
    const found = await untilControlAnswers(() => loadRunCase(terms.db, claim.id), impatient).catch((error: unknown) => endUnread(terms, claim, error, impatient));
    if (!found) return;
    const journal = await openJournal(terms.db, claim, found.run.kind, found.steps.map((step) => step.id), impatient);
    await driveCase(terms, claim, found, journal, watch);
  } catch (error) {
    if (!(error instanceof LeaseLost) && !(isControlAway(error) && shutdown.aborted)) throw error;
  } finally {
    if (shutdown.aborted) await releaseRun(terms.db, claim).catch(() => undefined);
    await watch.stop();
  }
}

/** What is stored cannot be read as a run: nobody else could either, so it ends. Null = it has ended. */
async function endUnread(terms: WorkerTerms, claim: Claim, error: unknown, impatient: () => boolean): Promise<null> {
  if (!(error instanceof Refused)) throw error;
  const journal = await openJournal(terms.db, claim, 'forward', [], impatient);
  const { sentence } = error.refusal;
  await journal.append([{ type: 'ended', state: 'refused', sentence }], { audit: [{ actor: `worker ${terms.name}`, actorId: null, action: 'run.refused', runId: claim.id, reason: sentence }] });
  return null;
}

async function driveCase(terms: WorkerTerms, claim: Claim, found: RunCase, journal: Journal, watch: Watch): Promise<void> {
  const { run } = found;
  const config = terms.databases.find((one) => one.name === run.target);
  const ledgerRun: LedgerRun = { runId: run.id, planId: run.planId, phaseId: run.phaseId, kind: run.kind, digest: run.digest, attempt: claim.attempt };
  const stopping = () => watch.reason() !== null;
  const busy: Drive['busy'] = { session: null, runner: null, shielded: false };
  const done = new AbortController();
  // A cancelled run does not wait for the database any more, unless a step's outcome has to be looked up there first.
  const leaving = () => stopping() && !(watch.reason() === 'cancel' && journal.view().steps.some((step) => step.state === 'in_doubt'));
  const target = config ? targetOf({ config, run: ledgerRun, signed: found.signed.target, stopping: leaving }) : unknownTarget(run.target);
  const monitor = config
    ? monitorRun({ config, busy: () => busy.session, stopping: () => stopping() && !busy.shielded, onBlocked: (blockers) => busy.runner?.blocked(blockers), fuse: { sessions: terms.pacing.fuseSessions, seconds: terms.pacing.fuseSeconds }, onWaitedFor: (sessions) => busy.runner?.waitedFor(sessions), onHeldUp: (sessions) => !busy.shielded && busy.runner?.heldUp(sessions) === true }, done.signal)
    : Promise.resolve();
  try {
    await drive({ terms, found, ledgerRun, journal, watch, target, busy, troubles: 0, lost: new Map(), doubtAt: -Infinity });
  } finally {
    done.abort();
    await target.close();
    await monitor;
    await journal.close();
  }
}

function unknownTarget(name: string): Target {
  const refuse = () => Promise.reject(new Refused('database_unknown', `This worker's configuration does not name the database ${name}.`));
  return { session: refuse, current: () => null, close: () => Promise.resolve() };
}

async function drive(one: Drive): Promise<void> {
  for (;;) {
    await one.journal.refresh();
    const reason = one.watch.reason();
    if (reason === 'lost' || reason === 'shutdown') return;
    const command = nextCommand(one.journal.view(), idleSteps(one.found.steps));
    if (command.do === 'nothing') return;
    try {
      await perform(one, command);
      one.troubles = 0;
    } catch (error) {
      await recover(one, error);
    }
  }
}

async function perform(one: Drive, command: Command): Promise<void> {
  switch (command.do) {
    case 'check': return check(one);
    case 'resolve': return resolve(one, command.step);
    case 'step': return step(one, command.step);
    case 'verify': return verify(one);
    case 'end': return end(one, command.state, command.sentence);
    case 'nothing': return;
  }
}

async function check(one: Drive): Promise<void> {
  const session = await one.target.session();
  one.busy.session = session;
  const result = await checkRun(one.terms.db, session, one.found, { config: configOf(one), backup: one.terms.backup }, { ...one.terms.policy, maxLagSeconds: one.terms.pacing.lagSeconds }).finally(() => {
    one.busy.session = null;
  });
  // A cancelled question was measured as unknown, which would look as if the target had moved.
  if (one.watch.reason() !== null) return;
  await one.journal.append([{ type: 'checked', movements: result.movements, facts: result.facts }], { audit: result.audit, ...(result.write ? { write: result.write } : {}) });
}

async function step(one: Drive, stepId: string): Promise<void> {
  const { found, journal, watch, terms } = one;
  const step = stepOf(found, stepId);
  const session = await knownSession(one);
  const runner = stepRunner({ step, run: one.ledgerRun, worker: terms.name, facts: journal.view().facts, journal, watch, reach: terms.reach, pacing: terms.pacing, shielded: (work) => shielded(one, work), resting: (work) => resting(one, work), beside: { config: configOf(one), backup: terms.backup } });
  Object.assign(one.busy, { session, runner });
  await runner.run(session).finally(() => Object.assign(one.busy, { session: null, runner: null }));
  if (journal.view().steps.some((progress) => progress.step === stepId && progress.state !== 'in_doubt')) terms.reach('between_steps', stepId);
}

/** The run's session, on a database that knows what the run has done. */
async function knownSession(one: Drive): Promise<RunSession> {
  const session = await one.target.session();
  await refuseForgotten(session, one.ledgerRun, doneSteps(one));
  return session;
}

function doneSteps({ journal }: Drive): string[] {
  return journal.view().steps.filter(({ state }) => state === 'applied' || state === 'rolled_back').map(({ step }) => step);
}

/** The monitor leaves the session alone while this runs. */
async function shielded<T>(one: Drive, work: () => Promise<T>): Promise<T> {
  one.busy.shielded = true;
  return work().finally(() => {
    one.busy.shielded = false;
  });
}

/** Hours may pass: the monitor would ask the target about an idle session five times a second. */
async function resting<T>({ busy }: Drive, work: () => Promise<T>): Promise<T> {
  const { session } = busy;
  busy.session = null;
  return work().finally(() => {
    busy.session = session;
  });
}

function configOf({ terms, found }: Drive): DatabaseConfig {
  const config = terms.databases.find((database) => database.name === found.run.target);
  if (!config) throw new Error(`${found.run.target} is not configured`);
  return config;
}

async function resolve(one: Drive, stepId: string): Promise<void> {
  const { found, journal, terms } = one;
  const step = stepOf(found, stepId);
  const progress = journal.view().steps.find((progress) => progress.step === stepId);
  if (!progress) return;
  const event = await resolveStep(await one.target.session(), one.ledgerRun, step, progress, doneSteps(one));
  await journal.append([settled(one, event)], { audit: [{ ...stepRecord({ step, run: one.ledgerRun, worker: terms.name }, `step.resolved`, null), detail: { step: step.id, title: step.title, found: event } }] });
}

/** The same step lost too often in one attempt is a failure: trying on would take the connection, or the server, down again. */
function settled(one: Drive, event: RunEvent): RunEvent {
  // A wait of days outlives many connections, and what a person does takes none of them down.
  if (event.type !== 'step_absent' || kindOf(stepOf(one.found, event.step)) === 'manual') return event;
  const losses = (one.lost.get(event.step) ?? 0) + 1;
  one.lost.set(event.step, losses);
  if (losses < LOSSES_PER_STEP) return event;
  return { type: 'step_failed', step: event.step, sentence: `The connection broke ${losses} times while this step ran. It has not taken effect, and is not tried again.`, errorId: null };
}

async function verify(one: Drive): Promise<void> {
  const results = await verifyRun(await knownSession(one), one.found, one.journal.view().facts);
  const off = results.filter((result) => !result.ok);
  await one.journal.append([{ type: 'verified', results }], { audit: [runRecord(one, 'run.verified', null, { results: forLog(results), deviations: off.length })] });
}

async function end(one: Drive, state: RunState, sentence: string): Promise<void> {
  const { run, phase, plan } = one.found;
  const undone = run.kind === 'rollback' && (state === 'applied' || state === 'deviated');
  await one.journal.append([{ type: 'ended', state, sentence }], {
    ...(undone ? { write: (trx) => voidAfterRollback(trx, plan.id, phase.id, run.requestedBy) } : {}),
    audit: [runRecord(one, `run.${state}`, sentence, { phase: phase.id, kind: run.kind, rows: one.journal.view().steps.reduce((sum, step) => sum + (step.rows ?? 0), 0) })],
  });
}

/** What was signed has been carried out and taken back: who wants it again signs again. */
async function voidAfterRollback(trx: ControlTrx, planId: string, phaseId: string, by: string): Promise<void> {
  const standing = (await listApprovals(trx, planId)).filter((approval) => approval.phaseId === phaseId && approval.voidedAt === null);
  await voidApprovals(trx, standing.map((approval) => approval.id), `Rolled back by ${by}; sign again.`);
}

/** Trouble outside a step's own outcome. In doubt is never given up; before the first change a refusal ends the run; between steps it waits a while. */
async function recover(one: Drive, error: unknown): Promise<void> {
  if (error instanceof LeaseLost || one.watch.reason() === 'lost') throw new LeaseLost();
  if (one.watch.reason() === 'shutdown') return undefined;
  const refused = refusalFromConnection(error, one.found.run.target);
  const view = one.journal.view();
  const doubtful = view.steps.find((step) => step.state === 'in_doubt');
  if (doubtful) {
    await tellDoubt(one, doubtful, refused?.refusal.sentence ?? 'asking the database met something unexpected, and the worker’s log has the details.');
    return pause(one, refused ? undefined : error);
  }
  const done = doneSteps(one).length;
  // The loop ends it as cancelled as soon as it has read the request.
  if (one.watch.reason() === 'cancel' && done < view.steps.length) return undefined;
  const begun = done > 0;
  const until = refused && !begun && !view.touched ? heldUntil(refused.refusal, one.found.scheduledFor, new Date()) : null;
  if (refused && until) return hold(one, refused.refusal.sentence, until);
  one.troubles += 1;
  if (refused && PASSING.includes(refused.refusal.code) && one.troubles < (begun ? TRIES_BETWEEN_STEPS : TRIES_BEFORE_FIRST_STEP)) return pause(one);
  if (refused) return end(one, begun ? 'failed' : 'refused', refused.refusal.sentence);
  const errorId = logSurprise(error, `carrying on run ${one.found.run.id}`);
  return end(one, 'failed', `Something unexpected happened (${errorId}); the worker's log has the details.`);
}

/** A step whose server cannot be asked stays in doubt for as long as that lasts: nobody may act on a target of which it is not known what was done to it. */
async function tellDoubt(one: Drive, { step, sentence: said }: StepProgress, why: string): Promise<void> {
  const sentence = `Whether it took effect is not known yet: ${why} It is looked up as soon as the database answers: bring it back under the address that the worker has. Until then nothing else runs on it, and a cancel waits for it too.`;
  const changed = said !== sentence;
  if (!changed && performance.now() - one.doubtAt < DOUBT_TELL_MS) return;
  one.doubtAt = performance.now();
  await one.journal.append([{ type: 'step_in_doubt', step, sentence }], changed ? { audit: [runRecord(one, 'step.in_doubt', sentence, { step })] } : {});
}

/** Said once, and looked at again every second; a person who stops it, or a window that closes, ends it. */
async function hold(one: Drive, why: string, until: Date): Promise<void> {
  const said = one.journal.view().held;
  if (said === null) await one.journal.append([{ type: 'held', why, until: until.toISOString() }], { audit: [runRecord(one, 'run.held', why, { until: until.toISOString() })] });
  await sleep(HELD_LOOK_MS);
}

async function pause(one: Drive, surprise?: unknown): Promise<void> {
  if (surprise !== undefined) logSurprise(surprise, `looking up a step in doubt of run ${one.found.run.id}`);
  await sleep(Math.min(3_000, 500 * (one.troubles + 1)));
}

function stepOf(found: RunCase, stepId: string): RunCase['steps'][number] {
  const step = found.steps.find((step) => step.id === stepId);
  if (!step) throw new Error(`run ${found.run.id} has no step ${stepId}`);
  return step;
}

function runRecord(one: Drive, action: string, reason: string | null, detail: unknown): AuditRecord {
  const { run } = one.found;
  return { actor: `worker ${one.terms.name}`, actorId: null, action, planId: run.planId, runId: run.id, ...(reason === null ? {} : { reason }), detail };
}
