import type { StoredRunEvent } from '#lib/pipeline/run.ts';

export interface Rate {
  perSecond: number;
  /** Seconds left, as a range between the quickest and the slowest stretch seen. */
  leftFrom: number;
  leftTo: number;
}

interface Sample {
  at: number;
  done: number;
}

/** Fewer samples or a shorter time than this are no basis for a forecast. */
const LEAST_SAMPLES = 4;
const LEAST_MS = 2_000;
const RECENT = 12;

/** How quick the statement that runs now is, from its own progress events; null without a basis, without a total, or past it. */
export function rateOf(events: readonly StoredRunEvent[], step: string, label: string | null): Rate | null {
  const samples: Sample[] = [];
  let total: number | null = null;
  for (const { at, event } of events) {
    // Another speed is another basis, and a pause none.
    if ((event.type === 'step_started' && event.step === step) || event.type === 'pace_set') samples.length = 0;
    if (event.type !== 'progress' || event.step !== step || event.label !== label) continue;
    samples.push({ at: Date.parse(at), done: event.done });
    total = event.total;
  }
  return total === null ? null : forecast(samples.slice(-RECENT), total);
}

function forecast(samples: readonly Sample[], total: number): Rate | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || samples.length < LEAST_SAMPLES || last.at - first.at < LEAST_MS || last.done >= total) return null;
  const perSecond = speed(first, last);
  const middle = samples[Math.floor(samples.length / 2)] ?? last;
  const speeds = [speed(first, middle), speed(middle, last)].filter((each) => each > 0);
  if (perSecond <= 0 || speeds.length === 0) return null;
  const left = total - last.done;
  return { perSecond, leftFrom: Math.floor(left / Math.max(...speeds, perSecond)), leftTo: Math.ceil(left / Math.min(...speeds, perSecond)) };
}

function speed(from: Sample, to: Sample): number {
  return to.at === from.at ? 0 : ((to.done - from.done) * 1_000) / (to.at - from.at);
}

/** Whole percent, never rounded up to 100 and never over it; null without a total or once the total was exceeded. */
export function percentOf(done: number, total: number | null): number | null {
  if (total === null || total <= 0 || done > total) return null;
  return Math.floor((done / total) * 100);
}
