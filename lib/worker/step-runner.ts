import { setTimeout as sleep } from 'node:timers/promises';
import { STEP_LIMITS, type StepContext, type StepOutcome, type StepReport } from '#lib/pg/execute-kind.ts';
import { kindOfStep } from '#lib/pg/execute-kinds.ts';
import { closeRunSession, type RunSession } from '#lib/pg/execute-session.ts';
import type { LedgerRun, StepResult } from '#lib/pg/ledger.ts';
import type { Blocker } from '#lib/pg/probe.ts';
import { forLog } from '#lib/pipeline/answer.ts';
import type { Step } from '#lib/pipeline/plan.ts';
import { statementLimitMs } from '#lib/pipeline/statement-limit.ts';
import { paperOf } from '#lib/pipeline/step-kinds/all.ts';
import { factKey } from '#lib/pipeline/run-facts.ts';
import type { ManualAnswer, RunEvent, Waiting } from '#lib/pipeline/run.ts';
import type { AuditRecord } from '#lib/store/audit.ts';
import { THE_APPLICATION } from '#lib/pg/execute-frame.ts';
import type { PacingEnv } from '#lib/env.ts';
import { LeaseLost } from './control.ts';
import type { ReachPoint } from './fault-points.ts';
import type { Journal } from './journal.ts';
import { paceOf } from './pace.ts';
import type { Watch } from './watch.ts';

export interface StepTerms {
  step: Step;
  run: LedgerRun;
  worker: string;
  facts: Readonly<Record<string, string>>;
  journal: Journal;
  watch: Watch;
  reach: ReachPoint;
  pacing: PacingEnv;
  shielded: StepContext['shielded'];
  /** Nobody looks at the session while this runs: it is idle. */
  resting: <T>(work: () => Promise<T>) => Promise<T>;
  beside: StepContext['beside'];
}

/** One step with its tries for the locks. The monitor tells it who is in the way through `blocked`. */
export interface StepRunner {
  run(session: RunSession): Promise<void>;
  blocked(blockers: readonly Blocker[]): void;
  /** So many sessions wait for us: batches become smaller. */
  waitedFor(sessions: number): void;
  /** So many have waited for us for too long. True = what is under way is to be cancelled. */
  heldUp(sessions: number): boolean;
}

const TRIES = 60;
const PAUSE_FIRST_MS = 100;
/** So often a step may hold the application up before a person has to look. */
const FUSES = 5;
const FUSE_AGAIN_MS = 2_000;
const PAUSE_LONGEST_MS = 1_000;
/** A wait that goes on is told again at most this often, so that ages move on the page. */
const TELL_MS = 1_000;
/** The target's transaction waits for the control database this long while it has changed nothing. */
const STARTED_PATIENCE_MS = 10_000;

export function stepRunner(terms: StepTerms): StepRunner {
  const { step, journal, watch } = terms;
  const forWhat = paperOf(step).locks(step).map((claim) => `${claim.mode} on ${claim.table.schema}.${claim.table.name}`).join(', ') || 'a lock';
  const wait = { tries: 1, told: 0, pids: '', seen: [] as readonly Blocker[], open: false, session: null as RunSession | null, fused: false, fusedAt: -Infinity, fuses: 0 };
  const pace = paceOf({
    watch, limits: terms.pacing, tables: paperOf(step).locks(step).map(({ table }) => table),
    tell: (reason) => journal.note(reason === null ? { type: 'waited', step: step.id } : { type: 'waiting', step: step.id, waiting: { forWhat: reason, blockers: [], attempt: 0, attempts: 0, retryInMs: null } }),
  });

  function tell(blockers: readonly Blocker[], retryInMs: number | null): void {
    const waiting: Waiting = { forWhat, blockers: blockers.map(rounded), attempt: wait.tries, attempts: TRIES, retryInMs };
    Object.assign(wait, { told: performance.now(), pids: pidsOf(blockers), seen: blockers, open: true });
    journal.note({ type: 'waiting', step: step.id, waiting });
  }

  const context: StepContext = {
    run: terms.run,
    worker: terms.worker,
    limits: { ...STEP_LIMITS, statementMs: statementLimitMs(step, paperOf(step).locks(step)) },
    tries: () => wait.tries,
    evidenced: (expectation) => terms.facts[factKey(expectation)] ?? null,
    stopping: () => watch.reason() !== null,
    pace: () => (wait.session ? pace.betweenBatches(wait.session) : Promise.resolve()),
    batchShare: pace.share,
    person: async (what) => {
      const { session } = wait;
      return session ? terms.resting(() => askPerson(terms, what, session)) : null;
    },
    fused: () => {
      const was = wait.fused;
      wait.fused = false;
      return was;
    },
    shielded: terms.shielded,
    beside: terms.beside,
    reach: (point) => terms.reach(point, step.id),
  };

  const report: StepReport = {
    started: async (backend) => {
      const audit = wait.tries === 1 ? [startedRecord(terms)] : [];
      await journal.append([{ type: 'step_started', step: step.id, attempt: wait.tries, ...backend }], { audit, patienceMs: STARTED_PATIENCE_MS });
    },
    statement: (index, label) => journal.note({ type: 'statement', step: step.id, index, label }),
    returned: () => {
      if (wait.open) journal.note({ type: 'waited', step: step.id });
      Object.assign(wait, { open: false, pids: '' });
    },
    progress: (label, done, total, figure) => journal.note({ type: 'progress', step: step.id, label, done, total, ...(figure ? { figure } : {}) }),
  };

  async function tryOnce(session: RunSession): Promise<StepOutcome> {
    wait.seen = [];
    return kindOfStep(step).run(session, step, context, report);
  }

  return {
    blocked: (blockers) => {
      if (pidsOf(blockers) !== wait.pids || performance.now() - wait.told >= TELL_MS) tell(blockers, null);
      else wait.seen = blockers;
    },
    waitedFor: pace.waitedFor,
    heldUp: () => {
      // A cancel that met no statement is sent again.
      if (performance.now() - wait.fusedAt < FUSE_AGAIN_MS) return false;
      wait.fused = true;
      wait.fusedAt = performance.now();
      wait.fuses += 1;
      pace.blown();
      return true;
    },
    run: async (session) => {
      wait.session = session;
      let pause = PAUSE_FIRST_MS;
      for (wait.tries = 1; ; wait.tries += 1) {
        // Paused between two steps, and resting after the fuse has blown.
        await pace.wait(session);
        const outcome = await tryOnce(session);
        if (outcome.outcome === 'lock_timeout' && outcome.forWhat === THE_APPLICATION && watch.reason() === null) {
          if (wait.fuses >= FUSES) return failed(terms, fuseSentence(terms), null);
          continue;
        }
        if (outcome.outcome !== 'lock_timeout' || wait.tries >= TRIES || watch.reason() !== null) return record(terms, outcome, wait.tries);
        tell(wait.seen.length > 0 ? wait.seen : outcome.blockers, pause);
        await pauseUnlessStopped(pause, watch);
        pause = Math.min(PAUSE_LONGEST_MS, Math.round(pause * 1.3));
      }
    },
  };
}

const ANSWER_LOOK_MS = 200;
/** An idle connection is not left alone so long that a firewall forgets it, and one that is gone is noticed. */
const STILL_THERE_MS = 30_000;

async function askPerson({ step, journal, watch }: StepTerms, what: string, session: RunSession): Promise<ManualAnswer | null> {
  journal.note({ type: 'waiting', step: step.id, waiting: { forWhat: `a person: ${what}`, blockers: [], attempt: 0, attempts: 0, retryInMs: null } });
  let heardAt = performance.now();
  while (watch.reason() === null && !session.lost) {
    const answer = watch.answer(step.id);
    if (answer) {
      journal.note({ type: 'waited', step: step.id });
      return answer;
    }
    await sleep(ANSWER_LOOK_MS);
    if (performance.now() - heardAt < STILL_THERE_MS) continue;
    heardAt = performance.now();
    await session.client.query('select 1').catch(() => closeRunSession(session));
  }
  return null;
}

async function pauseUnlessStopped(ms: number, watch: Watch): Promise<void> {
  const until = performance.now() + ms;
  while (performance.now() < until && watch.reason() === null) await sleep(Math.min(50, ms));
}

/** How the step ended goes into journal and log in one transaction. Nothing is retried here: the loop decides from the events. */
async function record(terms: StepTerms, outcome: StepOutcome, tries: number): Promise<void> {
  const { step, journal, watch } = terms;
  if (outcome.outcome === 'fenced' || watch.reason() === 'lost') throw new LeaseLost();
  switch (outcome.outcome) {
    case 'applied':
    case 'already_applied': {
      const result = outcome.result;
      const found = outcome.outcome === 'already_applied';
      const event: RunEvent = { type: 'step_applied', step: step.id, rows: result?.rows ?? 0, ms: result?.ms ?? 0, xid: outcome.xid, assertions: result?.assertions ?? [], found, ...(result?.facts ? { facts: result.facts } : {}) };
      return journal.append([event], { audit: [appliedRecord(terms, outcome.xid, result, found)] });
    }
    case 'assertion_failed':
    case 'failed': return failed(terms, outcome.sentence, outcome.outcome === 'failed' ? outcome.errorId : null);
    case 'in_doubt': {
      const sentence = 'The connection to the database broke while the step ran; whether it took effect is being looked up.';
      return journal.append([{ type: 'step_in_doubt', step: step.id, sentence }], { audit: [stepRecord(terms, 'step.in_doubt', sentence)] });
    }
    case 'lock_timeout':
      if (watch.reason() === null) return failed(terms, `${lockSentence(outcome.forWhat, outcome.blockers, tries)} ${sentenceOf(paperOf(terms.step).leftBehind)}`, null);
      return absent(terms);
    case 'cancelled': return absent(terms);
  }
}

async function failed(terms: StepTerms, sentence: string, errorId: string | null): Promise<void> {
  await terms.journal.append([{ type: 'step_failed', step: terms.step.id, sentence, errorId }], { audit: [stepRecord(terms, 'step.failed', sentence, errorId)] });
}

async function absent(terms: StepTerms): Promise<void> {
  const { leftBehind } = paperOf(terms.step);
  const sentence = terms.watch.reason() === 'shutdown' ? `Its worker was stopped; ${leftBehind}, and another goes on with it.` : `Cancelled; ${leftBehind}.`;
  await terms.journal.append([{ type: 'step_absent', step: terms.step.id, sentence }], { audit: [stepRecord(terms, 'step.rolled_back', sentence)] });
}

function lockSentence(forWhat: string, blockers: readonly Blocker[], tries: number): string {
  const who = blockers.map((blocker) => `pid ${blocker.pid} (${blocker.application || 'no application name'}, ${blocker.state})`).join(' and ');
  return `${who === '' ? '' : `In the way to the last: ${who}. `}${forWhat.charAt(0).toUpperCase()}${forWhat.slice(1)} could not be had in ${tries} tries.`;
}

function fuseSentence({ step, pacing }: StepTerms): string {
  return `${FUSES} times ${pacing.fuseSessions} or more sessions waited for this step longer than ${pacing.fuseSeconds} s, and it was cancelled each time. ${sentenceOf(paperOf(step).leftBehind)}`;
}

function sentenceOf(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function startedRecord(terms: StepTerms): AuditRecord {
  const sql = paperOf(terms.step).sql(terms.step);
  return { ...stepRecord(terms, 'step.started', null), detail: { step: terms.step.id, title: terms.step.title, kind: terms.run.kind, attempt: terms.run.attempt, sql } };
}

function appliedRecord(terms: StepTerms, xid: string, result: StepResult | null, found: boolean): AuditRecord {
  const sql = paperOf(terms.step).sql(terms.step).map((statement, index) => ({ ...statement, rows: result?.statements[index]?.rows ?? null, ms: result?.statements[index]?.ms ?? null }));
  const detail = { step: terms.step.id, title: terms.step.title, kind: terms.run.kind, rows: result?.rows ?? null, ms: result?.ms ?? null, xid, foundInLedger: found, sql, assertions: forLog(result?.assertions ?? []), ...(result?.facts ? { facts: result.facts } : {}) };
  return { ...stepRecord(terms, terms.run.kind === 'forward' ? 'step.applied' : 'step.undone', null), detail };
}

export function stepRecord(terms: Pick<StepTerms, 'step' | 'run' | 'worker'>, action: string, reason: string | null, errorId: string | null = null): AuditRecord {
  const detail = { step: terms.step.id, title: terms.step.title, attempt: terms.run.attempt, ...(errorId === null ? {} : { errorId }) };
  return { actor: `worker ${terms.worker}`, actorId: null, action, planId: terms.run.planId, runId: terms.run.runId, ...(reason === null ? {} : { reason }), detail };
}

function rounded(blocker: Blocker): Blocker {
  return { ...blocker, seconds: Math.round(blocker.seconds * 10) / 10 };
}

function pidsOf(blockers: readonly Blocker[]): string {
  return blockers.map((blocker) => blocker.pid).join();
}
