import Link from 'next/link';
import type { ReactNode } from 'react';
import { exactNumber } from '#components/ui/format.ts';
import { Mono } from '#components/ui/page.tsx';
import { QuantityText } from '#components/ui/quantity.tsx';
import { StateMark, StateShape } from '#components/ui/state-mark.tsx';
import { Table, Td, Th } from '#components/ui/table.tsx';
import { duration, utcTime } from '#components/ui/format.ts';
import { buttonClasses } from '#components/ui/button.tsx';
import { phaseStanding } from '#components/states.ts';
import type { Report, ReportPhase } from '#lib/pipeline/report.ts';
import { PrintButton } from './print-button.tsx';

const VERDICTS = { delete: 'taken out and kept', set_null: 'set to null', stop: 'stop' } as const;
const DECISIONS = { not_needed: 'not needed', later: 'later', keep: 'kept' } as const;

/** The record of a migration; prints on two pages. */
export function ReportView({ report }: { report: Report }) {
  return (
    <article className="mx-auto max-w-4xl">
      <header className="mb-4">
        <div className="flex flex-wrap items-start justify-between gap-2">
          <p className="text-sm text-ink-muted">
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
          <Mono>{report.target}</Mono> after <Mono>{report.desired}</Mono> · planned by {report.author} · report made {utcTime(report.madeAt)}
        </p>
      </header>
      <Figures report={report} />
      <Phases phases={report.phases} />
      <Orphans report={report} />
      <Respelled report={report} />
      <Standing report={report} />
      <Verified phases={report.phases} />
      <Decisions report={report} />
      {report.followUps.length > 0 ? (
        <Part title="What is left to do">
          <ul className="list-disc pl-5 marker:text-ink-faint">
            {report.followUps.map((followUp) => (
              <li key={followUp}>{followUp}</li>
            ))}
          </ul>
        </Part>
      ) : null}
    </article>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mt-6 print:mt-2.5">
      <h2 className="mb-1 font-semibold">{title}</h2>
      {children}
    </section>
  );
}

function Figures({ report }: { report: Report }) {
  return (
    <Part title="Before and after">
      <Table label="Before and after">
        <thead>
          <tr>
            <Th>What</Th>
            <Th className="text-right">Before</Th>
            <Th className="text-right">After</Th>
            <Th>Remark</Th>
          </tr>
        </thead>
        <tbody>
          {report.rows.map((row) => (
            <tr key={row.table}>
              <Td>
                rows of <Mono>{row.table}</Mono>
              </Td>
              <Td className="text-right">{exactNumber(row.before)}</Td>
              <Td className="text-right font-medium">{exactNumber(row.after)}</Td>
              <Td>{row.setAside > 0 ? `${exactNumber(row.setAside)} kept in quarantine` : ''}</Td>
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
              <Td className="text-right font-medium">
                <Mono>{type.after}</Mono>
              </Td>
              <Td />
            </tr>
          ))}
          {report.tables.milestones.map((milestone, index) => (
            <tr key={milestone.phase}>
              <Td>tables, after {milestone.phase}</Td>
              <Td className="text-right">{exactNumber(index === 0 ? report.tables.before : (report.tables.milestones[index - 1]?.after ?? report.tables.before))}</Td>
              <Td className="text-right font-medium">{exactNumber(milestone.after)}</Td>
              <Td>{milestone.note}</Td>
            </tr>
          ))}
          <tr>
            <Td>tables of the product, counted now</Td>
            <Td className="text-right">{exactNumber(report.tables.before)}</Td>
            <Td className="text-right font-medium">
              <QuantityText of={report.tables.now} />
            </Td>
            <Td>what Countersign keeps for the rollback window is not counted</Td>
          </tr>
        </tbody>
      </Table>
    </Part>
  );
}

function Phases({ phases }: { phases: readonly ReportPhase[] }) {
  return (
    <Part title="Phases">
      <Table label="Phases">
        <thead>
          <tr>
            <Th>Phase</Th>
            <Th>State</Th>
            <Th>Signed by</Th>
            <Th>Runs</Th>
          </tr>
        </thead>
        <tbody>
          {phases.map((phase) => {
            const { tone, word } = phaseStanding(phase.state, false);
            return (
              <tr key={phase.number}>
                <Td>
                  {phase.number} {phase.title}
                </Td>
                <Td>
                  <StateMark tone={tone} plain>
                    {word}
                  </StateMark>
                </Td>
                <Td>
                  {phase.signers.map((signer) => (
                    <span key={`${signer.person} ${signer.at}`} className="block whitespace-nowrap">
                      {signer.person} <span className="text-sm text-ink-muted">{shortUtc(signer.at)}</span>
                    </span>
                  ))}
                </Td>
                <Td>
                  {phase.runs.map((run) => (
                    <Link key={run.id} href={`/runs/${run.id}`} className="block rounded hover:underline">
                      {run.kind === 'rollback' ? 'rollback' : 'forward'}, {run.state}, {run.by} <span className="text-sm text-ink-muted">{shortUtc(run.at)}{run.endedAt ? `, ${duration(Date.parse(run.endedAt) - Date.parse(run.at))}` : ''}</span>
                      {run.reason ? <span className="text-sm text-ink-muted"> “{run.reason}”</span> : null}
                    </Link>
                  ))}
                </Td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </Part>
  );
}

/** Absolute, because a report is read on paper and long after. */
function shortUtc(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}

function Orphans({ report }: { report: Report }) {
  if (report.orphans.length === 0) return null;
  return (
    <Part title="Orphans and where they are kept">
      <Table label="Orphans">
        <thead>
          <tr>
            <Th className="text-right">Rows</Th>
            <Th>Of</Th>
            <Th>Decision</Th>
            <Th>Kept in</Th>
          </tr>
        </thead>
        <tbody>
          {report.orphans.map((orphans) => (
            <tr key={`${orphans.foreignKey} ${orphans.table}`}>
              <Td className="text-right font-medium">
                <QuantityText of={orphans.rows} />
              </Td>
              <Td>
                <Mono>{orphans.table}</Mono>
                <span className="block text-sm text-ink-muted">
                  {orphans.cascade ? 'taken along, ' : ''}
                  <Mono>{orphans.foreignKey}</Mono>
                </span>
              </Td>
              <Td>
                {orphans.decision ? VERDICTS[orphans.decision.verdict] : 'none'}
                {orphans.decision?.reason ? <span className="text-ink-muted"> “{orphans.decision.reason}”</span> : null}
              </Td>
              <Td>{orphans.keptIn ? <Mono>{orphans.keptIn}</Mono> : ''}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Part>
  );
}

function Respelled({ report }: { report: Report }) {
  if (report.respelled.length === 0) return null;
  const distinct = Map.groupBy(report.respelled, (one) => [one.table, one.column, one.value, one.becomes].join(' '));
  return (
    <Part title="Values whose spelling changed">
      <ul>
        {[...distinct].map(([key, [one, ...more]]) => (
          <li key={key} className="wrap-anywhere">
            <Mono>
              {one?.table}.{one?.column}
            </Mono>
            : <Mono>{one?.value}</Mono> → <Mono>{one?.becomes}</Mono>
            {more.length > 0 ? ` in ${more.length + 1} rows` : null}
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Standing({ report }: { report: Report }) {
  if (report.standing.length === 0) return null;
  return (
    <Part title={`Backups standing (${report.standing.length})`}>
      <Table label="Backups standing">
        <thead>
          <tr>
            <Th>Table</Th>
            <Th>What</Th>
            <Th>Falls due</Th>
          </tr>
        </thead>
        <tbody>
          {report.standing.map((one) => (
            <tr key={one.table}>
              <Td className="break-all">
                <Mono>{one.table}</Mono>
              </Td>
              <Td>{one.what}</Td>
              <Td className="whitespace-nowrap">{one.dueAt ? utcTime(one.dueAt) : 'not yet'}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Part>
  );
}

function Verified({ phases }: { phases: readonly ReportPhase[] }) {
  const results = phases.flatMap((phase) => phase.verification.map((result) => ({ ...result, number: phase.number })));
  if (results.length === 0) return null;
  return (
    <Part title={`Verification: ${results.filter((result) => result.ok).length} of ${results.length} as expected`}>
      <ul className="grid gap-x-6 md:grid-cols-2 print:grid-cols-3 print:gap-x-3 print:text-[7.5pt] print:leading-tight">
        {results.map((result) => (
          <li key={`${result.number} ${result.label}`} className="flex items-start gap-2 border-b border-line py-0.5 print:py-0">
            <StateShape tone={result.ok ? 'green' : 'red'} className="mt-1" />
            <span className="min-w-0 flex-1 break-words">
              <span className="text-ink-muted">{result.number}</span> {result.label}
              <span className="sr-only">{result.ok ? ', as expected' : ', differs'}</span>
              {result.ok ? null : (
                <span className="block font-medium text-red-ink">
                  expected {result.expected}, found {result.actual}
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Decisions({ report }: { report: Report }) {
  if (report.decisions.length === 0) return null;
  return (
    <Part title="Decisions">
      <ul>
        {report.decisions.map((decision) => (
          <li key={decision.delta}>
            <Mono>{decision.delta}</Mono>: {DECISIONS[decision.verdict]} <span className="text-ink-muted">“{decision.reason}”</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}
