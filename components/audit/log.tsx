import Link from 'next/link';
import { buttonClasses } from '#components/ui/button-classes.ts';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Fold } from '#components/ui/fold.tsx';
import { EmptyState } from '#components/ui/notes.tsx';
import { Mono } from '#components/ui/page.tsx';
import { StateShape } from '#components/ui/state-mark.tsx';
import type { Tone } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import type { LogDto, LogEntryDto } from '#lib/dal/dto.ts';
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
        summary={
          <>
            <span className="w-9 shrink-0 text-right font-mono text-xs text-ink-muted">{entry.seq}</span>
            <StateShape tone={toneOf(entry.action)} className="mx-1" />
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

function Facts({ entry }: { entry: LogEntryDto }) {
  return (
    <>
      {entry.about ? <span className="min-w-0 wrap-anywhere">{entry.about}</span> : null}
      <span className="text-ink-muted">{entry.actor}</span>
      <span className="text-sm text-ink-muted">
        <Time at={entry.at} />
      </span>
      {entry.planId ? (
        <Link href={`/plans/${entry.planId}`} className="rounded text-sm underline decoration-line-strong underline-offset-2">
          plan
        </Link>
      ) : null}
      {entry.runId ? (
        <Link href={`/runs/${entry.runId}`} className="rounded text-sm underline decoration-line-strong underline-offset-2">
          run
        </Link>
      ) : null}
      {entry.reason ? <span className="min-w-0 text-ink-muted">“{entry.reason}”</span> : null}
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
