'use client';
import { useQuery } from '@tanstack/react-query';
import { activityOf } from '#components/start/ask.ts';
import { LookHead } from '#components/start/look-head.tsx';
import { Reasons } from '#components/start/reasons.tsx';
import { duration } from '#components/ui/format.ts';
import type { ActivityDto } from '#lib/dal/start-light.ts';
import type { LightColour } from '#lib/pipeline/start-light.ts';
import type { SessionNow } from '#lib/pipeline/start-reading.ts';

const WORDS: Record<LightColour, string> = { green: 'quiet', amber: 'look closer', red: 'look closer' };

/** What goes on in a database at this moment: open transactions with what they hold, who waits for whom, and how its server is. */
export function Activity({ name }: { name: string }) {
  const { data, error } = useQuery(activityOf(name));
  return (
    <section aria-labelledby="activity-title" className="mb-6">
      <LookHead id="activity-title" title="Activity and locks" name={name} look={data} error={error} words={WORDS} />
      {data ? (
        <div className="mt-1.5 grid grid-cols-1 gap-3">
          <Reasons name="activity" reasons={data.reasons} />
          <Sessions activity={data} />
        </div>
      ) : null}
    </section>
  );
}

function Sessions({ activity }: { activity: ActivityDto }) {
  const waiting = new Map(activity.waiters.map((waiter) => [waiter.pid, waiter]));
  const holding = new Map(activity.holders.map((holder) => [holder.pid, holder]));
  const sessions = [...new Map([...activity.transactions, ...activity.holders, ...activity.waiters].map((one): [number, SessionNow] => [one.pid, one])).values()];
  if (sessions.length === 0) return <p className="text-ink-muted">No transaction is open.</p>;
  return (
    <ul aria-label="Open transactions" className="border-t border-line">
      {sessions.map((one) => (
        <li key={one.pid} className="grid grid-cols-1 gap-x-6 gap-y-0.5 border-b border-line py-1.5 md:grid-cols-[minmax(0,1fr)_minmax(0,1.3fr)_minmax(0,1.3fr)]">
          <p className="wrap-anywhere">
            <span className="font-medium">{one.pid === 0 ? 'prepared' : `pid ${one.pid}`}</span> · {one.application} · {one.state}
            <span className="block text-sm text-ink-muted">{one.seconds === null ? 'open since a time that is not shown' : `open for ${duration(Math.floor(one.seconds) * 1_000)}`}</span>
          </p>
          <p className="text-sm wrap-anywhere">
            {heldText(holding.get(one.pid)?.held ?? [])}
            {waiting.has(one.pid) ? <span className="block font-medium text-orange-ink">waits {waitText(waiting.get(one.pid))}</span> : null}
          </p>
          <code className="line-clamp-2 font-mono text-xs wrap-anywhere" title={one.query}>
            {one.query}
          </code>
        </li>
      ))}
    </ul>
  );
}

const NAMED = 2;

function heldText(held: ActivityDto['holders'][number]['held']): string {
  const parts = held.slice(0, NAMED).map((lock) => `${words(lock.mode)} on ${lock.table}`);
  return held.length === 0 ? 'holds no lock on a table' : `holds ${parts.join(', ')}${held.length > NAMED ? ` and ${held.length - NAMED} more` : ''}`;
}

function waitText(waiter: ActivityDto['waiters'][number] | undefined): string {
  if (!waiter) return '';
  return `${waiter.waits === null ? '' : `${duration(Math.floor(waiter.waits) * 1_000)} `}for ${words(waiter.mode)} on ${waiter.table}${waiter.blockedBy.length > 0 ? `, behind ${waiter.blockedBy.map((pid) => (pid === 0 ? 'a prepared transaction' : `pid ${pid}`)).join(', ')}` : ''}`;
}

/** `AccessExclusiveLock` as the manual writes it. */
function words(mode: string): string {
  return mode.replace(/Lock$/, '').replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase();
}
