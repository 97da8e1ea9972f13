import { Link } from '#components/ui/link.tsx';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { count, duration } from '#components/ui/format.ts';
import { EmptyState } from '#components/ui/notes.tsx';
import { Mono, PageHead } from '#components/ui/page.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import { runStanding } from '#components/states.ts';
import { Activity } from './activity.tsx';
import type { HistoryDto, HistoryItem } from '#lib/dal/load-history.ts';

type ReadingItem = Extract<HistoryItem, { kind: 'reading' }>;
type RunItem = Extract<HistoryItem, { kind: 'run' }>;

/** What happened to a database, newest first: readings at which something had changed, and runs of plans. Any two readings can be compared. */
export function History({ dto }: { dto: HistoryDto }) {
  const readings = dto.items.filter((item): item is ReadingItem => item.kind === 'reading');
  const [newest, before] = readings;
  return (
    <form action="/compare">
      <PageHead
        above={
          <Link href="/databases" className="rounded hover:text-ink">
            Databases
          </Link>
        }
        title={<span className="font-mono">{dto.name}</span>}
        sentence={<p>{dto.environment} · {count(readings.length, 'reading')} at which something had changed, {count(dto.items.length - readings.length, 'run')}{dto.cut ? '; older ones are not shown' : ''}</p>}
        action={newest && before ? <Button look="primary" type="submit">Compare the two</Button> : null}
        tools={<ButtonLink href={`/compare?current=${encodeURIComponent(dto.name)}`}>Compare with another</ButtonLink>}
      />
      <input type="hidden" name="noise" value="1" />
      <Activity name={dto.name} />
      <h2 className="mb-2 font-semibold">History</h2>
      {dto.items.length === 0 ? (
        <EmptyState title="Nothing is known yet">The first comparison reads the database. From then on the worker looks at it every hour and after every run, and whatever changes stands here.</EmptyState>
      ) : (
        <>
          {newest && before ? (
            <p aria-hidden="true" className="flex gap-1 pb-1 text-xs text-ink-muted">
              <span className="w-7 text-center">from</span>
              <span className="w-7 text-center">to</span>
            </p>
          ) : null}
          <ol className="border-t border-line">
            {dto.items.map((item) => (
              <li key={item.kind === 'run' ? item.id : item.at} className="flex gap-1 border-b border-line py-2">
                {item.kind === 'reading' ? <Choose item={item} to={item === newest} from={item === before} alone={before === undefined} /> : <span aria-hidden="true" className="w-[3.75rem] shrink-0" />}
                {item.kind === 'reading' ? <Reading item={item} /> : <Run item={item} />}
              </li>
            ))}
          </ol>
        </>
      )}
    </form>
  );
}

/** Which two are compared: the newest with the one before it, until somebody chooses others. */
function Choose({ item, from, to, alone }: { item: ReadingItem; from: boolean; to: boolean; alone: boolean }) {
  if (alone) return null;
  return (
    <span className="flex shrink-0 gap-1">
      <input type="radio" name="current" value={item.reference} defaultChecked={from} aria-label={`from the reading of ${item.at}`} className="mx-1.5 mt-0.5 size-4 accent-(--accent)" />
      <input type="radio" name="desired" value={item.reference} defaultChecked={to} aria-label={`to the reading of ${item.at}`} className="mx-1.5 mt-0.5 size-4 accent-(--accent)" />
    </span>
  );
}

function Reading({ item }: { item: ReadingItem }) {
  const { drift } = item;
  return (
    <div className="min-w-0 flex-1">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <p className="flex flex-wrap items-baseline gap-x-2">
          {drift && drift.outside > 0 ? (
            <StateMark tone={drift.answer === null ? 'blue' : 'grey'} plain>
              drift
            </StateMark>
          ) : (
            <StateMark tone="grey" plain>
              read
            </StateMark>
          )}
          <span>{sentenceOf(drift)}</span>
        </p>
        <p className="text-sm text-ink-muted">
          {item.by ?? 'the worker'} · <Time at={item.at} />
        </p>
      </div>
      {drift && drift.names.length > 0 ? (
        <p className="text-sm wrap-anywhere text-ink-muted">
          <Mono>{drift.names.join(', ')}</Mono>
        </p>
      ) : null}
      {drift?.answer ? (
        <p className="text-sm text-ink-muted">
          {drift.answeredBy}: “{drift.answer}”
        </p>
      ) : null}
    </div>
  );
}

function sentenceOf(drift: ReadingItem['drift']): string {
  if (!drift) return 'The first reading that is kept';
  if (drift.outside === 0) return `${count(drift.differences, 'difference')} since the reading before, all by plans`;
  return drift.outside === drift.differences ? `${count(drift.outside, 'difference')} that no plan made` : `${count(drift.differences, 'difference')} since the reading before, ${drift.outside} that no plan made`;
}

function Run({ item }: { item: RunItem }) {
  const { tone, word } = runStanding(item.state, item.run);
  return (
    <div className="min-w-0 flex-1">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <StateMark tone={tone} plain>
            {word}
          </StateMark>
          <span className="min-w-0 wrap-anywhere">
            <Link href={`/plans/${item.planId}?phase=${encodeURIComponent(item.phaseId)}`} className="font-medium hover:underline">
              {item.planName}
            </Link>
            , {item.phaseTitle}
          </span>
        </p>
        <p className="text-sm text-ink-muted">
          {item.by} · <Time at={item.at} />
        </p>
      </div>
      <p className="flex flex-wrap gap-x-3 text-sm text-ink-muted">
        {item.sentence ? <span className="min-w-0 wrap-anywhere">{item.sentence}</span> : null}
        {item.ms === null ? null : <span>{duration(item.ms)}</span>}
        <Link href={`/runs/${item.id}`} className="underline decoration-line-strong underline-offset-2 hover:text-ink">
          run
        </Link>
        {item.href ? (
          <Link href={item.href} className="underline decoration-line-strong underline-offset-2 hover:text-ink">
            schema before and after
          </Link>
        ) : null}
      </p>
    </div>
  );
}
