import { Fold } from '#components/ui/fold.tsx';
import { Section } from '#components/ui/page.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import { Table, Td, Th } from '#components/ui/table.tsx';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanDto } from '#lib/dal/dto/plan.ts';
import { expectedOf, type AssertionResult } from '#lib/pipeline/run.ts';
import { VerificationSql } from './verification-sql.tsx';
import { Wanted } from './wanted.tsx';

/** Expected against actual; before the run, what will be asked. */
export function Verification({ plan, dto }: { plan: PlanDto; dto: PhaseDto }) {
  const asked = dto.phase.verifications;
  if (asked.length === 0 && dto.verification.length === 0) return null;
  const off = dto.verification.filter((result) => !result.ok).length;
  const { asExpected, of, noted } = expectedOf(dto.verification);
  return (
    <Section title="Verification" aside={dto.verification.length === 0 ? 'asked after the last step' : [...(of === 0 ? [] : [off === 0 ? `${asExpected} of ${of} as expected` : `${off} of ${of} differ`]), ...(noted === 0 ? [] : [`${noted} noted`])].join(', ')}>
      {dto.verification.length > 0 ? (
        <ResultsTable label="Expected against actual" results={dto.verification} />
      ) : (
        <ul className="border-t border-line">
          {asked.map((assertion, index) => (
            <li key={`${index} ${assertion.label}`} className="border-b border-line py-1.5">
              <Fold
                lazy
                name={`verification.${index}`}
                summary={
                  <span>
                    {assertion.label} · <Wanted assertion={assertion} />
                  </span>
                }
              >
                <VerificationSql planId={plan.plan.id} version={plan.version} phaseId={dto.phase.id} index={index} />
              </Fold>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

export function ResultsTable({ label, results }: { label: string; results: readonly AssertionResult[] }) {
  return (
    <Table label={label} className="sm:table-fixed">
      <thead>
        <tr>
          <Th>What</Th>
          <Th className="text-right sm:w-1/5">Expected</Th>
          <Th className="text-right sm:w-1/5">Actual</Th>
          <Th className="sm:w-32">
            <span className="max-sm:sr-only">State</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {results.map((result, index) => (result.actual.includes('\n') ? <NotedRows key={`${index} ${result.label}`} result={result} /> : <ResultRow key={`${index} ${result.label}`} result={result} />))}
      </tbody>
    </Table>
  );
}

function ResultRow({ result }: { result: AssertionResult }) {
  return (
    <tr>
      <Td>{result.label}</Td>
      <Td className="text-right font-mono text-sm break-all">
        <Value text={result.expected} />
      </Td>
      <Td className={`text-right font-mono text-sm break-all ${result.ok ? '' : 'font-semibold text-red-ink'}`}>
        <Value text={result.actual} />
      </Td>
      <Td>
        <ResultMark result={result} />
      </Td>
    </tr>
  );
}

/** An answer of several rows has the whole width: it is a table itself. */
function NotedRows({ result }: { result: AssertionResult }) {
  return (
    <>
      <tr>
        <Td colSpan={3} className="border-b-0">
          {result.label} <span className="text-ink-muted">· {result.expected}</span>
        </Td>
        <Td className="border-b-0">
          <ResultMark result={result} />
        </Td>
      </tr>
      <tr>
        <Td colSpan={4} className="max-w-0 pt-0">
          {/* Focusable, because a region that scrolls must be reachable by keyboard. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre tabIndex={0} aria-label={`Answer to ${result.label}`} className="max-h-64 overflow-auto font-mono text-xs leading-5 -outline-offset-2">
            {result.actual}
          </pre>
        </Td>
      </tr>
    </>
  );
}

function ResultMark({ result }: { result: AssertionResult }) {
  return (
    <StateMark tone={result.noted ? 'grey' : result.ok ? 'green' : 'red'} plain>
      <span className="max-sm:sr-only">{result.noted ? 'noted' : result.ok ? 'as expected' : 'differs'}</span>
    </StateMark>
  );
}

/** Of a digest nobody reads more than the beginning. */
function Value({ text }: { text: string }) {
  return /^[0-9a-f]{64}$/.test(text) ? <span title={text}>{text.slice(0, 12)}…</span> : text;
}
