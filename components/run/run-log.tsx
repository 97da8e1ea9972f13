'use client';
import { memo, useState } from 'react';
import { classes } from '#components/ui/classes.ts';
import { StateShape } from '#components/ui/state-mark.tsx';
import { duration, exactNumber, utcTime } from '#components/ui/format.ts';
import type { StoredRunEvent } from '#lib/pipeline/run.ts';
import { logLines } from './run-words.ts';

/** So many lines stand there at first: a run of two hundred steps leaves a thousand. */
const NEWEST = 200;

/** What happened, newest first, and how long after the run was asked for: of a run that took two seconds every line was just now. */
export const RunLog = memo(({ events, titles, over }: { events: readonly StoredRunEvent[]; titles: ReadonlyMap<string, string>; over: boolean }) => {
  const [whole, setWhole] = useState(false);
  const all = logLines(events);
  const lines = whole ? all : all.slice(0, NEWEST);
  const began = Date.parse(events[0]?.at ?? '');
  return (
    <section aria-label="What happened" className="flex min-h-0 flex-col">
      <h2 className="mb-1 font-semibold">What happened</h2>
      {lines.length === 0 ? <p className="text-ink-muted">Nothing yet. A worker takes the run within a second.</p> : null}
      {/* Focusable, because a region that scrolls must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <ol tabIndex={0} className={classes('border-t border-line text-sm -outline-offset-2', over ? 'max-h-128 overflow-y-auto' : 'min-h-0 overflow-y-auto short:max-h-64')}>
        {lines.map((line, index) => {
          const title = line.step ? (titles.get(line.step) ?? line.step) : null;
          const above = lines[index - 1]?.step ?? null;
          return (
            <li key={line.seq} className="border-b border-line py-1">
              {title && line.step !== above ? <p className="text-xs wrap-anywhere text-ink-muted">{title}</p> : null}
              <div className="flex items-start gap-2">
                <StateShape tone={line.tone} size={10} className="mt-1.5" />
                <span className="min-w-0 flex-1 wrap-anywhere">{line.text}</span>
                <time dateTime={line.at} title={utcTime(line.at)} className="shrink-0 text-ink-muted">
                  + {duration(Date.parse(line.at) - began)}
                </time>
              </div>
            </li>
          );
        })}
        {lines.length < all.length ? (
          <li className="py-1.5">
            <button type="button" onClick={() => setWhole(true)} className="rounded text-ink-muted underline decoration-line-strong underline-offset-2 hover:text-ink">
              Show the {exactNumber(all.length - lines.length)} earlier lines
            </button>
          </li>
        ) : null}
      </ol>
    </section>
  );
});
