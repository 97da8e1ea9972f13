import type { Step } from '#lib/pipeline/plan.ts';
import type { Walk } from '#lib/pipeline/step-kinds/batches.ts';
import { enterSearchPath, expectCurrent, leaveFailed, openFrame, send, type Trace } from './execute-frame.ts';
import type { StepContext, StepLimits } from './execute-kind.ts';
import type { RunSession } from './execute-session.ts';

/** A batch should take between half a second and a second. */
const BATCH_MS = 700;
export const FIRST = 500;
export const LEAST = 20;
const MOST = 100_000;
/** One batch may not hold its row locks longer, however slow the disk: it is broken off, and a smaller one is tried. */
const BATCH_STATEMENT_MS = 10_000;

export function batchLimits(limits: StepLimits): StepLimits {
  return { ...limits, statementMs: Math.min(limits.statementMs, BATCH_STATEMENT_MS) };
}

/** Opens a transaction and sends one part of a walk in it, under the step's search path. Throws Leave, and the server's errors. */
export async function sendBatch(session: RunSession, step: Step, walk: Walk, at: { last: string | null; until: string | null; size: number }, context: StepContext, trace: Trace): Promise<{ read: number; changed: number; last: string | null }> {
  Object.assign(trace, { label: walk.label, sql: walk.sql, since: performance.now() });
  const limits = batchLimits(context.limits);
  await openFrame(session, 'read committed', limits);
  await expectCurrent(session, context);
  await enterSearchPath(session, step);
  const values = [at.last, at.size, at.until];
  if (walk.holdSql !== undefined) await send(session, { text: walk.holdSql, values, rowMode: 'array' }, limits);
  const answer = await send(session, { text: walk.sql, values, rowMode: 'array' }, limits);
  const row: unknown[] = answer.rows[0] ?? [];
  const field = (name: string): unknown => row[answer.fields.findIndex((one) => one.name === name)];
  const read = Number(field('rows') ?? 0);
  const last = field('last');
  const key = last === null || last === undefined ? null : String(last);
  if (read > 0 && (key === null || key === at.last)) throw leaveFailed(`The walk “${walk.label}” does not move on: it read ${read} rows again. The batches that were committed stand.`);
  return { read, changed: Number(field('changed') ?? 0), last: read > 0 ? key : at.last };
}

/** @param share of the usual time that the next one may take. */
export function nextSize(size: number, ms: number, share = 1): number {
  const wanted = ms <= 0 ? size * 2 : Math.round((size * BATCH_MS * share) / ms);
  return Math.min(MOST, Math.max(LEAST, Math.min(size * 2, wanted)));
}
