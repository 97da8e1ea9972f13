'use client';
import { useNow } from '#components/ui/clock.ts';
import { classes } from '#components/ui/classes.ts';
import { count, duration, estimateNumber, exactNumber } from '#components/ui/format.ts';
import type { RunDto } from '#lib/dal/dto/run.ts';
import type { RunView, StepProgress, StoredRunEvent } from '#lib/pipeline/run.ts';
import { type RehearsedTime, rehearsedTime, restOf } from './rehearsed.ts';
import { percentOf, rateOf } from './rate.ts';
import type { Rate } from './rate.ts';
import { lastStatement } from './run-words.ts';

type RehearsedLocks = NonNullable<RunDto['rehearsed']>['steps'][string]['locks'];

const BAR = 'h-3 w-full appearance-none overflow-hidden rounded-sm bg-sunken ring-1 ring-line ring-inset [&::-webkit-progress-bar]:bg-sunken';
const BARS = {
  working: '[&::-moz-progress-bar]:bg-orange-solid [&::-webkit-progress-value]:bg-orange-solid',
  waiting: '[&::-moz-progress-bar]:bg-accent [&::-webkit-progress-value]:bg-accent',
  failed: '[&::-moz-progress-bar]:bg-red-solid [&::-webkit-progress-value]:bg-red-solid',
};

/** The step at work: a bar only where a total is known, never over 100 %, no time left without a basis. */
export function Progress({ view, events, titles, present, rehearsed }: { view: RunView; events: readonly StoredRunEvent[]; titles: ReadonlyMap<string, string>; present: StepProgress | null; rehearsed: RunDto['rehearsed'] }) {
  const now = useNow();
  if (!present) return <p className="text-ink-muted">{view.state === 'verifying' ? 'All steps are done. Comparing expected with actual.' : 'All steps are done.'}</p>;
  const number = view.steps.indexOf(present) + 1;
  const percent = percentOf(present.done, present.total);
  const rate = rateOf(events, present.step, present.statement);
  const elapsed = present.startedAt && now !== null ? now - Date.parse(present.startedAt) : null;
  const waiting = present.state === 'waiting';
  const tried = rehearsed?.steps[present.step];
  const time = tried ? rehearsedTime(tried, present, elapsed, view.pace === 100 && !waiting, rehearsed?.sampled) : null;
  return (
    <section aria-label="Progress" className="grid gap-1">
      <div className="flex items-baseline justify-between gap-x-4">
        <h2 className="min-w-0 font-semibold wrap-anywhere">
          Step {number} of {view.steps.length} · {titles.get(present.step) ?? present.step}
        </h2>
        <p className="shrink-0 text-right text-sm text-ink-muted">
          {elapsed === null ? 'not started' : duration(Math.floor(elapsed / 1_000) * 1_000 || 0).replace(/^0 ms$/, '0 s')}
          {time ? ` · rehearsed ${duration(time.ms)}${rehearsed?.sampled ? ' on a sample' : ''}` : ''}
        </p>
      </div>
      {percent === null ? null : (
        <progress aria-label={present.statement ?? 'progress'} max={100} value={percent} className={classes(BAR, waiting ? BARS.waiting : present.state === 'in_doubt' || present.state === 'failed' ? BARS.failed : BARS.working)} />
      )}
      <p className="flex min-h-5 flex-wrap gap-x-3">
        <span className="min-w-0 font-medium wrap-anywhere">{lastStatement(events, present) ?? (view.held ? 'has not begun' : view.state === 'checking' ? 'measuring again what was signed' : view.state === 'queued' ? 'waits for a worker' : '')}</span>
        <Numbers step={present} percent={percent} rate={rate} />
      </p>
      {rehearsed && tried && time ? <RehearsedLine sampled={rehearsed.sampled} time={time} locks={tried.locks} rest={restOf(rehearsed, view, present.step)} measured={rate !== null} /> : null}
      {present.sentence ? <p className={present.state === 'failed' || present.state === 'in_doubt' ? 'text-red-ink' : 'text-ink-muted'}>{present.sentence}</p> : null}
    </section>
  );
}

/** Estimates by the rehearsal, and the locks that it really took. Where the run's own speed is known, that says what is left of the step. */
function RehearsedLine({ sampled, time, locks, rest, measured }: { sampled: boolean; time: RehearsedTime; locks: RehearsedLocks; rest: { steps: number; ms: number } | null; measured: boolean }) {
  const { scaled, leftMs, longer } = time;
  const parts = [
    ...(sampled && !scaled ? ['its time says nothing of the whole'] : []),
    ...(scaled ? [`${duration(scaled.ms)} for ${exactNumber(scaled.to)} instead of ${exactNumber(scaled.from)}`] : []),
    ...(longer ? ['takes longer than that'] : []),
    ...(leftMs === null || measured ? [] : [`about ${duration(Math.max(1_000, leftMs))} left`]),
    ...(rest ? [`then ${duration(rest.ms)} for ${count(rest.steps, 'more step')}`] : []),
    locks.length === 0 ? 'no lock beyond reading' : `locks ${locksText(locks)}`,
  ];
  return <p className="text-sm break-words text-ink-muted">By the rehearsal{sampled ? ' of a sample' : ''}: {parts.join(' · ')}</p>;
}

const NAMED_MOST = 3;

function locksText(locks: RehearsedLocks): string {
  return [...Map.groupBy(locks, (lock) => lock.mode)].map(([mode, of]) => `${mode} on ${of.slice(0, NAMED_MOST).map((lock) => lock.table.replace(/^public\./, '')).join(', ')}${of.length > NAMED_MOST ? ` and ${of.length - NAMED_MOST} more` : ''}`).join('; ');
}

function Numbers({ step, percent, rate }: { step: StepProgress; percent: number | null; rate: Rate | null }) {
  const unit = step.figure?.unit ?? 'rows';
  if (step.done === 0 && step.total === null) return null;
  if (step.total !== null && step.done > step.total) {
    return (
      <span className="tabular-nums">
        {exactNumber(step.done)} <span className="text-ink-muted">(expected {exactNumber(step.total)})</span>
      </span>
    );
  }
  return (
    <>
      {percent === null ? null : percent === 100 && step.figure === null ? <span className="font-semibold">all rows, not committed yet</span> : <span className="font-semibold tabular-nums">{percent} %</span>}
      <span className="tabular-nums">
        {exactNumber(step.done)}
        {step.total === null ? ` ${unit}` : step.figure ? ` of ${step.figure.about ? 'about ' : ''}${exactNumber(step.total)} ${unit}` : ` of ${exactNumber(step.total)} exact`}
      </span>
      {rate ? (
        <span className="text-ink-muted tabular-nums">
          {estimateNumber(Math.round(rate.perSecond))} {unit}/s · {rate.leftFrom === rate.leftTo ? `${rate.leftTo} s left` : `${rate.leftFrom} to ${rate.leftTo} s left`}
        </span>
      ) : null}
      <span className="text-sm text-ink-faint">source: {step.figure?.source ?? 'rows that the statement itself counted'}</span>
    </>
  );
}
