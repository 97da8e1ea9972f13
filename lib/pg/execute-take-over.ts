import type { Step } from '#lib/pipeline/plan.ts';
import type { Walk } from '#lib/pipeline/step-kinds/batches.ts';
import type { TakeOverWork } from '#lib/pipeline/step-kinds/take-over.ts';
import { askValue } from './assertion.ts';
import { executeStep, sqlKind } from './execute.ts';
import { LOOKS_LEAST } from './execute-feed.ts';
import { commitFrame, expectCurrent, Leave, leaveFailed, openFrame, send, settle, type Trace } from './execute-frame.ts';
import type { StepContext, StepKind, StepOutcome, StepReport } from './execute-kind.ts';
import { batchLimits, FIRST, nextSize, sendBatch } from './execute-part.ts';
import type { RunSession } from './execute-session.ts';
import { CATCH_UP_MS, refuseMuch } from './execute-swap.ts';
import { readStep } from './ledger.ts';

/**
 * One transaction like kind `sql`, before each try of which the keys that wait are brought over in batches: they are few when the lock is asked for, and are
 * counted again when it is had. Locks: row locks of one batch, then those of the step. Source: execution paper, section 2.4.
 */
export const takeOverKind: StepKind = { run: runTakeOver, probe: sqlKind.probe };

interface Frame {
  session: RunSession;
  step: Step;
  work: TakeOverWork;
  context: StepContext;
  report: StepReport;
  trace: Trace;
  /** Keys taken out of the log. */
  settled: number;
}

async function runTakeOver(session: RunSession, step: Step, context: StepContext, report: StepReport): Promise<StepOutcome> {
  const { work } = step;
  if (work?.kind !== 'take_over') throw new Error(`step ${step.id} takes nothing over`);
  const frame: Frame = { session, step, work, context, report, trace: { label: 'begin', sql: '', since: performance.now() }, settled: 0 };
  try {
    // Applied before: the table is set aside, and there is no log.
    if ((await readStep(session.client, context.run.runId, step.id)) === null) {
      await catchUp(frame, context.limits.catchUpMs ?? CATCH_UP_MS);
      await counted(frame);
      context.reach('caught_up');
    }
  } catch (error) {
    return settle(session, step, context, frame.trace, error, `${work.name} is where it was.`);
  }
  return executeStep(session, step, { ...context, locked: () => refuseMuch((most) => waiting(frame, most)) }, report);
}

async function waiting({ session, work, context, trace }: Frame, most: number | null): Promise<number> {
  Object.assign(trace, { label: 'count the keys that wait', sql: work.backlogSql, since: performance.now() });
  return Number(await askValue((query) => send(session, { ...query, values: [most] }, context.limits), work.backlogSql));
}

/** As of a rebuild: ends by name when for `patienceMs` no fewer keys waited, or when those that wait are all such as nothing settles. */
async function catchUp(frame: Frame, patienceMs: number): Promise<void> {
  const { work, report } = frame;
  const best = { waiting: Infinity, spentMs: 0, looks: 0 };
  let idle = 0;
  for (;;) {
    await breathe(frame);
    const begun = performance.now();
    const now = await waiting(frame, null);
    report.progress(now === 0 ? 'nothing waits' : `${now} changed keys wait`, frame.settled, null);
    if (now <= work.until) return;
    if (now < best.waiting) Object.assign(best, { waiting: now, spentMs: 0, looks: 0 });
    best.looks += 1;
    if (idle > 1) throw leaveFailed(`${now} keys were written to ${work.name} meanwhile that contradict the table that stays, or whose rows were deleted after they came over. ${work.name} is where it was: make the two agree and try again, or take the phase back.`);
    if (best.looks > LOOKS_LEAST && best.spentMs > patienceMs) {
      throw leaveFailed(`Rows of ${work.name} change as fast as they are brought over: for ${Math.round(patienceMs / 1_000)} s never fewer than ${best.waiting} changed keys waited, and the lock is asked for at ${work.until}. ${work.name} is where it was. Try again when fewer write, or let the heaviest writers rest for some seconds.`);
    }
    let settled = 0;
    for (const walk of work.walks) if (settled === 0 || (await waiting(frame, work.until + 1)) > work.until) settled += await walkThrough(frame, walk);
    idle = settled === 0 ? idle + 1 : 0;
    best.spentMs += performance.now() - begun;
  }
}

/** Between batches: a pause is waited out here, and a cancel leaves. */
async function breathe({ context }: Frame): Promise<void> {
  await context.pace();
  if (context.stopping()) throw new Leave({ outcome: 'cancelled' });
}

/** From the beginning, because what a walk cannot settle stays in the log; how many keys it took out. */
async function walkThrough(frame: Frame, walk: Walk): Promise<number> {
  const { session, step, context, report, trace } = frame;
  const until = await askValue((query) => send(session, query, context.limits), walk.untilSql);
  if (until === 'null' || until === 'no row') return 0;
  const at = { last: null as string | null, until, size: FIRST };
  let settled = 0;
  for (;;) {
    await breathe(frame);
    const begun = performance.now();
    const { read, changed, last } = await sendBatch(session, step, walk, at, context, trace);
    context.reach('before_batch_commit');
    await commitFrame(session, batchLimits(context.limits));
    context.reach('after_batch');
    settled += changed;
    frame.settled += changed;
    report.progress(walk.label, frame.settled, null);
    if (read < at.size) break;
    Object.assign(at, { last, size: nextSize(at.size, performance.now() - begun, context.batchShare?.()) });
  }
  return settled;
}

async function counted({ session, work, context, trace }: Frame): Promise<void> {
  Object.assign(trace, { label: 'count the keys', sql: work.countedSql, since: performance.now() });
  await openFrame(session, 'read committed', context.limits);
  await expectCurrent(session, context);
  await send(session, { text: work.countedSql, rowMode: 'array' }, context.limits);
  await commitFrame(session, context.limits);
}
