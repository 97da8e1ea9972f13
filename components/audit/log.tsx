import { Link } from '#components/ui/link.tsx';
import { buttonClasses } from '#components/ui/button-classes.ts';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Fold } from '#components/ui/fold.tsx';
import { EmptyState } from '#components/ui/notes.tsx';
import { Mono } from '#components/ui/page.tsx';
import { StateShape } from '#components/ui/state-mark.tsx';
import type { Tone } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import type { LogDto, LogEntryDto } from '#lib/dal/dto/log.ts';
import type { LogView } from './address.ts';
import { actionWord, logHref } from './address.ts';
import { LogFilters } from './log-filters.tsx';
import { LogHead } from './log-head.tsx';

/** Everything that was done, refused or found, newest first. */
export function Log({ dto, view }: { dto: LogDto; view: LogView }) {
  return (
    <>
      <LogHead total={dto.total}>
        <Export />
      </LogHead>
      <LogFilters view={view} actors={dto.actors} actions={dto.actions} />
      {dto.entries.length === 0 ? (
        <EmptyState title="No entry matches">Every command, approval, refusal, step and rollback writes one, in the same transaction as what it tells of.</EmptyState>
      ) : (
        <ol className="mt-3 border-t border-line">
          {dto.entries.map((entry) => (
            <Entry key={entry.seq} entry={entry} />
          ))}
        </ol>
      )}
      {dto.before !== null ? (
        <p className="mt-3">
          <Link href={logHref(view, { before: dto.before })} data-row="" className="rounded underline decoration-line-strong underline-offset-2">
            Older entries
          </Link>
        </p>
      ) : null}
    </>
  );
}

/** A file, not a page of ours. */
function Export() {
  return (
    // oxlint-disable-next-line next/no-html-link-for-pages
    <a href="/api/log/export" className={buttonClasses('plain')}>
      Export whole log
    </a>
  );
}

function Entry({ entry }: { entry: LogEntryDto }) {
  return (
    <li className="border-b border-line py-1.5">
      <Fold
        name={`entry.${entry.seq}`}
        look="plain"
        layout="grid items-baseline gap-x-4 gap-y-1.5 lg:gap-y-0.5 lg:grid-cols-[15rem_minmax(0,1fr)_13rem_6rem]"
        summary={
          <>
            <span className="w-7 shrink-0 text-right font-mono text-xs text-ink-muted">{entry.seq}</span>
            <StateShape tone={toneOf(entry.action)} className="mx-1 self-center" />
            <span className="font-medium">{actionWord(entry.action)}</span>
          </>
        }
        aside={<Facts entry={entry} />}
      >
        <Body entry={entry} />
      </Fold>
    </li>
  );
}

/** On a wide page what, who and when stand in columns of their own; on a phone below each other, under the action. */
function Facts({ entry }: { entry: LogEntryDto }) {
  const where = 'min-w-0 wrap-anywhere rounded text-sm text-ink-muted underline decoration-line-strong underline-offset-2 hover:text-ink';
  return (
    <>
      <span className="flex min-w-0 flex-wrap items-baseline gap-x-3 max-lg:pl-5">
        {entry.about && entry.about !== entry.planName ? <span className="min-w-0 wrap-anywhere">{entry.about}</span> : null}
        {entry.reason ? <span className="min-w-0 wrap-anywhere text-ink-muted">“{entry.reason}”</span> : null}
        {entry.planId ? (
          <Link href={`/plans/${entry.planId}`} className={where}>
            {entry.planName ?? 'plan'}
          </Link>
        ) : null}
        {entry.runId ? (
          <Link href={`/runs/${entry.runId}`} className={where}>
            run
          </Link>
        ) : null}
      </span>
      <span className="flex items-baseline justify-between gap-x-3 text-ink-muted max-lg:pl-5 lg:contents">
        <span className="min-w-0 truncate" title={entry.actor}>
          {entry.actor.replace(/ <[^>]*>$/, '')}
        </span>
        <span className="shrink-0 text-right text-sm">
          <Time at={entry.at} />
        </span>
      </span>
    </>
  );
}

function Body({ entry }: { entry: LogEntryDto }) {
  const text = JSON.stringify(entry.detail ?? null, null, 2);
  return (
    <div className="grid gap-1">
      <p className="text-sm text-ink-muted">
        {entry.at} · hash <Mono className="break-all">{entry.hash}</Mono>
      </p>
      <div className="flex items-start justify-between gap-2 rounded-md border border-line bg-sunken p-2">
        {/* Focusable, because a region that scrolls must be reachable by keyboard. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <pre tabIndex={0} className="max-h-96 min-w-0 flex-1 overflow-auto font-mono text-xs leading-5 break-words whitespace-pre-wrap">
          {text}
        </pre>
        <CopyButton text={text} />
      </div>
    </div>
  );
}

function toneOf(action: string): Tone {
  if (/refused|fail|void|deviat/.test(action)) return 'red';
  if (/roll|undo/.test(action)) return 'violet';
  if (/appl|approve|verif/.test(action)) return 'green';
  if (/run|step|execute|claim/.test(action)) return 'orange';
  return 'grey';
}
