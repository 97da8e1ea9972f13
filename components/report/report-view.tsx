import { Link } from '#components/ui/link.tsx';
import type { ReactNode } from 'react';
import { exactNumber, utcTime } from '#components/ui/format.ts';
import { Mono } from '#components/ui/page.tsx';
import { QuantityText } from '#components/ui/quantity.tsx';
import { StateShape } from '#components/ui/state-mark.tsx';
import { Table, Td, Th } from '#components/ui/table.tsx';
import { buttonClasses } from '#components/ui/button-classes.ts';
import type { Report } from '#lib/pipeline/report.ts';
import { Changed } from './changed.tsx';
import { Part } from './part.tsx';
import { Decisions, DoneByPeople, Orphans, Phases, Respelled, Standing, Staying, Verified } from './parts.tsx';
import { Dumps, LetStand, Rehearsals, ReportFollowUps, Timeline, Written } from './record.tsx';
import { PrintButton } from './print-button.tsx';

/** The record of a migration; prints on two pages. */
export function ReportView({ report }: { report: Report }) {
  return (
    <article className="mx-auto max-w-4xl print:text-[8pt] print:leading-tight">
      <header className="mb-4">
        <div className="flex flex-wrap items-start justify-between gap-2">
          <p className="min-w-0 text-sm wrap-anywhere text-ink-muted">
            <Link href={`/plans/${report.planId}`} className="rounded hover:text-ink">
              {report.title}
            </Link>{' '}
            · report
          </p>
          <div className="flex gap-2 print:hidden">
            <a href={`/api/plans/${report.planId}/report.md`} className={buttonClasses('plain', 'sm')}>
              Markdown
            </a>
            <PrintButton />
          </div>
        </div>
        <h1 className="text-xl font-semibold tracking-tight">{report.title}</h1>
        <p className="mt-1 flex items-start gap-2 text-lg">
          <StateShape tone={report.finished ? 'green' : 'grey'} size={16} className="mt-1" />
          {report.headline}
        </p>
        <p className="mt-1 text-sm text-ink-muted">
          <Mono>{report.target}</Mono>
          {report.desired === report.target ? null : (
            <>
              {' '}
              after <Mono>{report.desired}</Mono>
            </>
          )}{' '}
          · planned by {report.author} · report made {utcTime(report.madeAt)}
        </p>
      </header>
      <Changed report={report} />
      <Figures report={report} />
      <Phases phases={report.phases} />
      <Written report={report} />
      <Staying phases={report.phases} />
      <DoneByPeople phases={report.phases} />
      <Orphans report={report} />
      <Respelled report={report} />
      <Dumps report={report} />
      <Standing report={report} />
      <Verified phases={report.phases} />
      <Decisions report={report} />
      <LetStand report={report} />
      <Rehearsals report={report} />
      <ReportFollowUps report={report} />
      <Timeline report={report} />
    </article>
  );
}

function Figures({ report }: { report: Report }) {
  return (
    <Part title="Before and after">
      <Table label="Before and after" className="max-sm:table-fixed">
        <thead>
          <tr>
            <Th className="max-sm:w-[56%]">What</Th>
            <Th className="text-right">Before</Th>
            <Th className="text-right max-sm:pr-0">After</Th>
            <Th className="max-sm:hidden">Remark</Th>
          </tr>
        </thead>
        <tbody>
          {report.rows.map((row) => (
            <tr key={row.table}>
              <What remark={setAsideText(row.setAside)}>
                rows of <Mono>{row.table}</Mono>
              </What>
              <Td className="text-right">{exactNumber(row.before)}</Td>
              <Td className="text-right font-medium max-sm:pr-0">{exactNumber(row.after)}</Td>
              <Td className="max-sm:hidden">{setAsideText(row.setAside)}</Td>
            </tr>
          ))}
          {report.types.map((type) => (
            <tr key={type.column}>
              <Td>
                type of <Mono>{type.column}</Mono>
              </Td>
              <Td className="text-right">
                <Mono>{type.before}</Mono>
              </Td>
              <Td className="text-right font-medium wrap-anywhere max-sm:pr-0">
                <Mono>{type.after}</Mono>
              </Td>
              <Td className="max-sm:hidden" />
            </tr>
          ))}
          {report.tables.milestones.map((milestone, index) => (
            <tr key={milestone.phase}>
              <What remark={milestone.note}>tables, after {milestone.phase}</What>
              <Td className="text-right">{exactNumber(index === 0 ? report.tables.before : (report.tables.milestones[index - 1]?.after ?? report.tables.before))}</Td>
              <Td className="text-right font-medium max-sm:pr-0">{exactNumber(milestone.after)}</Td>
              <Td className="max-sm:hidden">{milestone.note}</Td>
            </tr>
          ))}
          <tr>
            <What remark={NOT_COUNTED}>tables of the product, counted now</What>
            <Td className="text-right">{exactNumber(report.tables.before)}</Td>
            <Td className="text-right font-medium max-sm:pr-0">
              <QuantityText of={report.tables.now} />
            </Td>
            <Td className="max-sm:hidden">{NOT_COUNTED}</Td>
          </tr>
        </tbody>
      </Table>
    </Part>
  );
}

const NOT_COUNTED = 'what Countersign keeps for the rollback window is not counted';

function setAsideText(rows: number): string {
  return rows > 0 ? `${exactNumber(rows)} kept in quarantine` : '';
}

/** On a phone the remark stands below: a column of its own would be one word wide. */
function What({ remark, children }: { remark: string; children: ReactNode }) {
  return (
    <Td>
      {children}
      {remark === '' ? null : <span className="block text-sm text-ink-muted sm:hidden">{remark}</span>}
    </Td>
  );
}
