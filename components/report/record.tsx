import { exactNumber, utcTime } from '#components/ui/format.ts';
import { StateShape } from '#components/ui/state-mark.tsx';
import type { Report, ReportFollowUp } from '#lib/pipeline/report.ts';
import { Part } from './part.tsx';

/** What steps wrote, beside the tables that were converted and counted above. */
export function Written({ report }: { report: Report }) {
  if (report.written.length === 0) return null;
  return (
    <Part title="Rows written">
      <ul className="grid gap-x-6 md:grid-cols-2 print:grid-cols-3 print:text-[7.5pt] print:leading-tight">
        {report.written.map((one) => (
          <li key={`${one.phase} ${one.step}`} className="flex justify-between gap-3 border-b border-line py-0.5 print:py-0">
            <span className="min-w-0 wrap-anywhere">
              <span className="text-ink-muted">{one.phase}</span> {one.step}
            </span>
            <span className="shrink-0 font-medium tabular-nums">{exactNumber(one.rows)}</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

export function Dumps({ report }: { report: Report }) {
  if (report.made.length === 0) return null;
  return (
    <Part title="Dumps">
      <ul>
        {report.made.map((one) => (
          <li key={`${one.phase} ${one.step}`} className="wrap-anywhere">
            <span className="text-ink-muted">{one.phase}</span> {one.step}: {one.facts.map(({ label, value }) => `${label} ${value}`).join(', ')}
          </li>
        ))}
      </ul>
    </Part>
  );
}

export function LetStand({ report }: { report: Report }) {
  if (report.letStand.length === 0) return null;
  return (
    <Part title="Findings that were let stand">
      <ul className="print:text-[8.5pt] print:leading-tight">
        {report.letStand.map((one) => (
          <li key={`${one.phase ?? ''} ${one.finding}`} className="py-0.5 wrap-anywhere print:py-0">
            {one.phase === null ? null : <span className="text-ink-muted">{one.phase} </span>}
            {one.finding} <span className="text-ink-muted">“{one.reason}”</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

export function Rehearsals({ report }: { report: Report }) {
  if (report.rehearsals.length === 0) return null;
  return (
    <Part title="Rehearsals">
      <ul>
        {report.rehearsals.map((one) => (
          <li key={one.at} className="wrap-anywhere">
            {utcTime(one.at)}, version {one.version}, asked for by {one.by}: {one.sentence}
          </li>
        ))}
      </ul>
    </Part>
  );
}

export function ReportFollowUps({ report }: { report: Report }) {
  if (report.followUps.length === 0) return null;
  return (
    <Part title="Follow-ups">
      <ul>
        {report.followUps.map((one) => (
          <li key={one.title} className="flex items-start gap-2 py-0.5 wrap-anywhere print:py-0 print:text-[7.5pt]">
            <StateShape tone={one.state === 'done' ? 'green' : one.overdue ? 'blue' : 'grey'} className="mt-1 print:mt-0 print:size-2" />
            <span className="min-w-0">
              <span className={one.state === 'dropped' ? 'text-ink-muted line-through' : ''}>{one.title}</span> <span className="text-ink-muted">{howItStands(one)}</span>
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function howItStands({ state, end, owner, dueAt, overdue }: ReportFollowUp): string {
  if (end) return `${state}${end.by === null ? '' : ` by ${end.by}`}, ${utcTime(end.at)}: ${end.note}`;
  const when = dueAt === null ? 'open' : `${overdue ? 'overdue since' : 'due'} ${utcTime(dueAt)}`;
  return owner === null ? when : `${when}, ${owner}`;
}

/** Who did what when; the latest are the last. */
export function Timeline({ report }: { report: Report }) {
  if (report.timeline.length === 0) return null;
  return (
    <Part title="Timeline">
      <ol className="print:columns-2 print:gap-4 print:text-[6.6pt] print:leading-[1.12]">
        {report.timeline.map((one) => (
          <li key={`${one.at} ${one.what}`} className="flex gap-3 py-px print:break-inside-avoid print:gap-1.5 print:py-0">
            <span className="shrink-0 text-sm text-ink-muted tabular-nums print:text-[6.6pt]">{one.at.slice(0, 16).replace('T', ' ')}</span>
            <span className="min-w-0 wrap-anywhere">{one.what}</span>
          </li>
        ))}
      </ol>
    </Part>
  );
}
