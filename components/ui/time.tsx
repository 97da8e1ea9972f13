'use client';
import { momentNow, useNow } from './clock.ts';
import { localTime, relativeTime, timeLeft, utcTime } from './format.ts';

/**
 * A moment: relative text, the absolute time on hover. Server and browser may differ by the seconds between them, which is
 * the one difference that is suppressed here; the next tick puts it right.
 */
export function Time({ at, className }: { at: string; className?: string }) {
  const now = useNow();
  const moment = new Date(at);
  return (
    <time dateTime={at} title={now === null ? utcTime(at) : localTime(moment)} className={className} suppressHydrationWarning>
      {relativeTime(moment.getTime(), now ?? momentNow())}
    </time>
  );
}

/** `31 h left`, counting down to a moment; `over` once it has passed. */
export function TimeLeft({ until, over = 'over' }: { until: string; over?: string }) {
  const now = useNow();
  const left = new Date(until).getTime() - (now ?? momentNow());
  return (
    <time dateTime={until} title={now === null ? utcTime(until) : localTime(new Date(until))} suppressHydrationWarning>
      {left <= 0 ? over : `${timeLeft(left)} left`}
    </time>
  );
}
