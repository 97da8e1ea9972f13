import type { RunDto } from '#lib/dal/dto/run.ts';
import type { RunView, StepProgress } from '#lib/pipeline/run.ts';

type Rehearsed = NonNullable<RunDto['rehearsed']>;

export interface RehearsedTime {
  /** On the clone. */
  ms: number;
  /** Where this run counts another number than the rehearsal did: both, and the time at this size. */
  scaled: { from: number; to: number; ms: number } | null;
  /** What is left by it; null where the step took longer already, was paused or waits, so that nothing can be said. */
  leftMs: number | null;
  /** It took longer than that already, and nothing was in its way. */
  longer: boolean;
}

/**
 * What a proved rehearsal says of the step at work. Scaled by what the present statement counts, and only where the rehearsal counted the same
 * statement; where it counted that one alone, what is left follows the work done and not the clock.
 * @param elapsedMs since the step began; null: it has not. `steady`: neither slowed down by a person nor waiting. `sampled`: the clone had a part of the rows.
 */
export function rehearsedTime(of: Rehearsed['steps'][string], step: Pick<StepProgress, 'statement' | 'done' | 'total'>, elapsedMs: number | null, steady: boolean, sampled = false): RehearsedTime {
  const from = of.counted.find((one) => one.label === step.statement)?.total ?? null;
  const sized = from !== null && from > 0 && step.total !== null && step.total !== from;
  const scaled = sized && step.total !== null ? { from, to: step.total, ms: Math.round((of.ms * step.total) / from) } : null;
  const expected = scaled?.ms ?? of.ms;
  const byWork = from !== null && of.counted.length === 1 && step.total !== null && step.total > 0 && step.done <= step.total;
  const left = byWork && step.total !== null ? expected * (1 - step.done / step.total) : expected - (elapsedMs ?? 0);
  // The time of a sample is nothing to go by where the step is not known to be larger.
  if (sampled && scaled === null) return { ms: of.ms, scaled, leftMs: null, longer: false };
  const longer = steady && elapsedMs !== null && elapsedMs > expected;
  return { ms: of.ms, scaled, leftMs: steady && left > 0 && (byWork || !longer) ? Math.round(left) : null, longer };
}

/** What the steps after the one at work took on the clone; null where there are none, or one of them was not rehearsed. */
export function restOf(rehearsed: Rehearsed, view: Pick<RunView, 'steps'>, present: string): { steps: number; ms: number } | null {
  if (rehearsed.sampled) return null;
  const after = view.steps.slice(view.steps.findIndex((step) => step.step === present) + 1);
  const times = after.flatMap((step) => rehearsed.steps[step.step]?.ms ?? []);
  return after.length > 0 && times.length === after.length ? { steps: after.length, ms: times.reduce((sum, ms) => sum + ms, 0) } : null;
}
