'use client';
import { useNow } from '#components/ui/clock.ts';
import { classes } from '#components/ui/classes.ts';
import { duration, estimateNumber, exactNumber } from '#components/ui/format.ts';
import type { RunView, StepProgress, StoredRunEvent } from '#lib/pipeline/run.ts';
import { percentOf, rateOf } from './rate.ts';
import type { Rate } from './rate.ts';

const BAR = 'h-3 w-full appearance-none overflow-hidden rounded-sm bg-sunken ring-1 ring-line ring-inset [&::-webkit-progress-bar]:bg-sunken';
const BARS = {
  working: '[&::-moz-progress-bar]:bg-orange-solid [&::-webkit-progress-value]:bg-orange-solid',
  waiting: '[&::-moz-progress-bar]:bg-accent [&::-webkit-progress-value]:bg-accent',
  failed: '[&::-moz-progress-bar]:bg-red-solid [&::-webkit-progress-value]:bg-red-solid',
};

/** The step at work: a bar only where a total is known, never over 100 %, no time left without a basis. */
export function Progress({ view, events, titles, present }: { view: RunView; events: readonly StoredRunEvent[]; titles: ReadonlyMap<string, string>; present: StepProgress | null }) {
  const now = useNow();
  if (!present) return <p className="text-ink-muted">{view.state === 'verifying' ? 'All steps are done. Comparing expected with actual.' : 'All steps are done.'}</p>;
  const number = view.steps.indexOf(present) + 1;
  const percent = percentOf(present.done, present.total);
  const rate = rateOf(events, present.step, present.statement);
  const elapsed = present.startedAt && now !== null ? now - Date.parse(present.startedAt) : null;
  const waiting = present.state === 'waiting';
  return (
    <section aria-label="Progress" className="grid gap-1">
      <div className="flex items-baseline justify-between gap-x-4">
        <h2 className="font-semibold">
          Step {number} of {view.steps.length} · {titles.get(present.step) ?? present.step}
        </h2>
        <p className="shrink-0 text-sm text-ink-muted">{elapsed === null ? 'not started' : duration(Math.floor(elapsed / 1_000) * 1_000 || 0).replace(/^0 ms$/, '0 s')}</p>
      </div>
      {percent === null ? null : (
        <progress aria-label={present.statement ?? 'progress'} max={100} value={percent} className={classes(BAR, waiting ? BARS.waiting : present.state === 'in_doubt' || present.state === 'failed' ? BARS.failed : BARS.working)} />
      )}
      <p className="flex min-h-5 flex-wrap gap-x-3">
        <span className="font-medium">{present.statement ?? (view.state === 'checking' ? 'measuring again what was signed' : view.state === 'queued' ? 'waits for a worker' : '')}</span>
        <Numbers step={present} percent={percent} rate={rate} />
      </p>
      {present.sentence ? <p className={present.state === 'failed' || present.state === 'in_doubt' ? 'text-red-ink' : 'text-ink-muted'}>{present.sentence}</p> : null}
    </section>
  );
}

function Numbers({ step, percent, rate }: { step: StepProgress; percent: number | null; rate: Rate | null }) {
  if (step.done === 0 && step.total === null) return null;
  if (step.total !== null && step.done > step.total) {
    return (
      <span>
        {exactNumber(step.done)} <span className="text-ink-muted">(expected {exactNumber(step.total)})</span>
      </span>
    );
  }
  return (
    <>
      {percent === null ? null : percent === 100 ? <span className="font-semibold">all rows, not committed yet</span> : <span className="font-semibold">{percent} %</span>}
      <span>
        {exactNumber(step.done)}
        {step.total === null ? ' rows' : ` of ${exactNumber(step.total)} exact`}
      </span>
      {rate ? (
        <span className="text-ink-muted">
          {estimateNumber(Math.round(rate.perSecond))} rows/s · {rate.leftFrom === rate.leftTo ? `${rate.leftTo} s left` : `${rate.leftFrom} to ${rate.leftTo} s left`}
        </span>
      ) : null}
      <span className="text-sm text-ink-faint">source: rows that the statement itself counted</span>
    </>
  );
}
