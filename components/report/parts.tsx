import { Link } from '#components/ui/link.tsx';
import { classes } from '#components/ui/classes.ts';
import { count, duration, utcTime } from '#components/ui/format.ts';
import { Mono } from '#components/ui/page.tsx';
import { QuantityText } from '#components/ui/quantity.tsx';
import { StateMark, StateShape } from '#components/ui/state-mark.tsx';
import { Table, Td, Th } from '#components/ui/table.tsx';
import { DecidedList } from '#components/plan/decided.tsx';
import { phaseStanding } from '#components/states.ts';
import type { Report, ReportPhase } from '#lib/pipeline/report.ts';
import { expectedOf, type AssertionResult } from '#lib/pipeline/run.ts';
import { Part } from './part.tsx';

const VERDICTS = { delete: 'taken out and kept', set_null: 'set to null', re_point: 'pointed elsewhere', stop: 'stop' } as const;

export function Phases({ phases }: { phases: readonly ReportPhase[] }) {
  return (
    <Part title="Phases">
      <Table label="Phases" className="print:text-[7.5pt]">
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
                <Td className="max-sm:min-w-28 max-sm:wrap-anywhere">
                  {phase.number} {phase.title}
                </Td>
                <Td>
                  <StateMark tone={tone} plain>
                    {word}
                  </StateMark>
                </Td>
                <Td>
                  {phase.unsigned === null ? null : (
                    <span className="block text-red-ink">
                      started unsigned{phase.unsigned.answer === null ? ', nobody has answered for it' : <span className="text-ink">, {phase.unsigned.answer}</span>}
                    </span>
                  )}
                  {phase.signers.map((signer) => (
                    <span key={`${signer.person} ${signer.at}`} className="block sm:whitespace-nowrap">
                      {signer.person} <span className="text-sm whitespace-nowrap text-ink-muted">{shortUtc(signer.at)}</span>
                    </span>
                  ))}
                </Td>
                <Td>
                  {phase.runs.map((run) => (
                    <Link key={run.id} href={`/runs/${run.id}`} className="block rounded py-0.5 hover:underline print:py-0">
                      {run.kind === 'rollback' ? 'rollback' : 'forward'}, {run.state}, {run.by} <span className="text-sm whitespace-nowrap text-ink-muted">{shortUtc(run.at)}{run.endedAt ? `, ${duration(Date.parse(run.endedAt) - Date.parse(run.at))}` : ''}</span>
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

export function Staying({ phases }: { phases: readonly ReportPhase[] }) {
  const all = phases.flatMap((phase) => phase.stays.map((one) => ({ ...one, number: phase.number })));
  if (all.length === 0) return null;
  return (
    <Part title="Not taken back by a rollback">
      <ul className="list-disc pl-5 marker:text-ink-faint">
        {all.map(({ number, step, why }) => (
          <li key={`${number} ${step}`}>
            phase {number}, {step}: <span className="text-ink-muted">{why}</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

export function DoneByPeople({ phases }: { phases: readonly ReportPhase[] }) {
  const done = phases.flatMap((phase) => phase.byPeople.map((one) => ({ ...one, number: phase.number })));
  if (done.length === 0) return null;
  return (
    <Part title="Done by people">
      <Table label="Done by people">
        <thead>
          <tr>
            <Th>Step</Th>
            <Th>By</Th>
            <Th>Note</Th>
          </tr>
        </thead>
        <tbody>
          {done.map((one) => (
            <tr key={`${one.number} ${one.step} ${one.at}`}>
              <Td className="wrap-anywhere">
                <span className="text-ink-muted">{one.number}</span> {one.step}
              </Td>
              <Td>
                {one.by} <span className="text-sm whitespace-nowrap text-ink-muted">{shortUtc(one.at)}</span>
              </Td>
              <Td className="wrap-anywhere">{one.note}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Part>
  );
}

export function Orphans({ report }: { report: Report }) {
  if (report.orphans.length === 0) return null;
  return (
    <Part title="Orphans and where they are kept">
      <Table label="Orphans" className="print:text-[7pt]">
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

export function Respelled({ report }: { report: Report }) {
  return (
    <>
      <Changes title="Values that became others" changes={report.respelled.filter((one) => one.changed)} />
      <Changes title="Values whose spelling changed" changes={report.respelled.filter((one) => !one.changed)} />
    </>
  );
}

function Changes({ title, changes }: { title: string; changes: Report['respelled'] }) {
  if (changes.length === 0) return null;
  return (
    <Part title={title}>
      <ul className="print:text-[7.5pt]">
        {changes.map((one) => (
          <li key={`${one.table} ${one.column} ${one.value}`} className="wrap-anywhere">
            <Mono>
              {one.table}.{one.column}
            </Mono>
            : <Mono>{one.value}</Mono> → <Mono>{one.becomes}</Mono>
            {one.rows === null || one.rows === 1 ? null : ` in ${count(one.rows, 'row')}`}
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** Due times stand in the title when all are one. */
export function Standing({ report }: { report: Report }) {
  const [first] = report.standing;
  if (!first) return null;
  const oneTime = report.standing.every((one) => one.dueAt === first.dueAt && !one.byHand);
  return (
    <Part title={`Backups standing (${report.standing.length})${oneTime ? `, ${when(first)}` : ''}`}>
      <ul aria-label="Backups standing" className="print:columns-2 print:gap-5 print:text-[6.8pt]">
        {report.standing.map((one) => (
          <li key={one.table} className="break-inside-avoid border-b border-line py-0.5 sm:grid sm:grid-cols-[1fr_15rem] sm:gap-x-4 print:block print:py-0">
            <Mono>{one.table}</Mono>
            <span className="block text-ink-muted print:inline">
              {' '}
              {one.what}
              {oneTime ? '' : `, ${when(one)}`}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

export function Verified({ phases }: { phases: readonly ReportPhase[] }) {
  const results = phases.flatMap((phase) => phase.verification.map((result) => ({ ...result, number: phase.number })));
  if (results.length === 0) return null;
  const { asExpected, of, noted } = expectedOf(results);
  const inOrder = [...results.filter((result) => !isRows(result)), ...results.filter(isRows)];
  return (
    <Part title={`Verification: ${[...(of === 0 ? [] : [`${asExpected} of ${of} as expected`]), ...(noted === 0 ? [] : [`${noted} noted`])].join(', ')}`}>
      <ul className="grid gap-x-6 md:grid-cols-2 print:block print:columns-3 print:gap-x-3 print:text-[6.6pt] print:leading-[1.12]">
        {inOrder.map((result) => (
          <li key={`${result.number} ${result.label}`} className={classes('flex min-w-0 items-start gap-2 border-b border-line py-0.5 print:break-inside-avoid print:py-0', isRows(result) && 'md:col-span-2 print:[column-span:all]')}>
            <StateShape tone={result.noted ? 'grey' : result.ok ? 'green' : 'red'} className="mt-1 print:mt-0 print:size-2" />
            <div className="min-w-0 flex-1 break-words">
              <span className="text-ink-muted">{result.number}</span> {result.label}
              <span className="sr-only">{result.noted ? ', noted' : result.ok ? ', as expected' : ', differs'}</span>
              {result.noted ? <Answer result={result} /> : null}
              {result.ok ? null : (
                <span className="block font-medium text-red-ink">
                  expected {result.expected}, found {result.actual}
                </span>
              )}
            </div>
          </li>
        ))}
        {phases.map((phase) =>
          phase.repeated > 0 ? (
            <li key={phase.number} className="flex items-start gap-2 border-b border-line py-0.5 print:py-0">
              <StateShape tone="green" className="mt-1 print:mt-0 print:size-2" />
              <span className="min-w-0 flex-1">
                <span className="text-ink-muted">{phase.number}</span> asked {count(phase.repeated, 'earlier question')} again: all as expected
              </span>
            </li>
          ) : null,
        )}
      </ul>
    </Part>
  );
}

/** Several rows, which need the whole width. */
function isRows(result: AssertionResult): boolean {
  return result.noted === true && result.actual.includes('\n');
}

function Answer({ result }: { result: AssertionResult }) {
  if (!isRows(result)) return <span className="font-medium">: {result.actual}</span>;
  return (
    // Focusable, because a region that scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre tabIndex={0} aria-label={`Answer to ${result.label}`} className="overflow-x-auto font-mono text-xs leading-5 text-ink-muted print:overflow-visible print:text-[7pt] print:leading-tight print:whitespace-pre-wrap">
      {result.actual}
    </pre>
  );
}

function when(one: Report['standing'][number]): string {
  if (one.byHand) return 'by hand';
  return one.dueAt ? `due ${utcTime(one.dueAt)}` : 'not due yet';
}

/** One line for each answer and its reason: one press often answers many differences. */
export function Decisions({ report }: { report: Report }) {
  if (report.decisions.length === 0) return null;
  return (
    <Part title="Decisions">
      <div className="print:text-[7.5pt]">
        <DecidedList decided={report.decisions} />
      </div>
    </Part>
  );
}
