'use client';
import { momentNow, useNow } from '#components/ui/clock.ts';
import { duration, localTime, utcTime } from '#components/ui/format.ts';

/** `starts in 3 h 12 m`, counting down; then the worker has it. */
export function StartsIn({ at }: { at: string }) {
  const now = useNow();
  const left = new Date(at).getTime() - (now ?? momentNow());
  return (
    <time dateTime={at} title={now === null ? utcTime(at) : localTime(new Date(at))} suppressHydrationWarning>
      {left <= 0 ? 'starts now' : `starts in ${duration(Math.ceil(left / 1_000) * 1_000)}`}
    </time>
  );
}
