import { Fragment } from 'react';
import { count, utcTime } from '#components/ui/format.ts';
import { Mono } from '#components/ui/page.tsx';
import type { Report } from '#lib/pipeline/report.ts';
import type { ReportChange } from '#lib/pipeline/report-changes.ts';
import { Part } from './part.tsx';

const SIGNS = { add: '+', remove: '−', change: '~' } as const;
const WORDS = { add: 'new', remove: 'gone', change: 'changed' } as const;
/** A report is two pages; the comparison of the two readings has the rest. */
const MOST_GROUPS = 40;

/** What is different in the target, from the readings on both sides of the runs. */
export function Changed({ report }: { report: Report }) {
  const { changes } = report;
  if ('why' in changes) {
    return (
      <Part title="What was changed">
        <p className="text-ink-muted">{changes.why}</p>
      </Part>
    );
  }
  const hidden = changes.groups.length - MOST_GROUPS;
  return (
    <Part title="What was changed">
      {changes.groups.length === 0 ? <p className="text-ink-muted">Nothing that a schema has.</p> : null}
      <dl className="print:columns-2 print:gap-5 print:text-[7.5pt] print:leading-tight">
        {changes.groups.slice(0, MOST_GROUPS).map((group) => (
          <div key={group.name} className="break-inside-avoid border-b border-line py-0.5 sm:grid sm:grid-cols-[17rem_1fr] sm:gap-x-4 print:block print:py-px">
            <dt className="break-all">
              <Mono>{group.name}</Mono>
            </dt>
            <dd className="wrap-anywhere">
              {group.changes.map((one) => (
                <Line key={`${one.change} ${one.what}`} one={one} />
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-1 text-sm text-ink-muted print:text-[7.5pt]">
        {hidden > 0 ? `${count(hidden, 'more object')} in the Markdown. ` : ''}
        {changes.counts.length > 0 ? `In all: ${changes.counts.map(({ kind, before, after }) => `${kind} ${before} → ${after}`).join(', ')}. ` : ''}
        {changes.quiet > 0 ? `${count(changes.quiet, 'difference')} of owners, grants and comments not listed. ` : ''}
        From the readings of {utcTime(changes.beforeAt)} and {utcTime(changes.afterAt)}.
      </p>
    </Part>
  );
}

function Line({ one }: { one: ReportChange }) {
  return (
    <div className="flex gap-2">
      <span aria-hidden="true" className="w-2 shrink-0 text-ink-muted">
        {SIGNS[one.change]}
      </span>
      <span className="sr-only">{WORDS[one.change]}</span>
      <span className="min-w-0">
        {one.what}
        {one.attributes.map(({ name, before, after }) => (
          <Fragment key={name}>
            {' '}
            <span className="text-ink-muted">{name}</span> <Mono>{before}</Mono> → <Mono>{after}</Mono>
          </Fragment>
        ))}
        {one.with === '' ? null : <span className="text-ink-muted">, with {one.with}</span>}
        {one.outside ? <span className="text-ink-muted"> (not of this plan)</span> : null}
      </span>
    </div>
  );
}
