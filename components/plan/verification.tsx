import { Fold } from '#components/ui/fold.tsx';
import { Section } from '#components/ui/page.tsx';
import { Sql } from '#components/ui/sql.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import { Table, Td, Th } from '#components/ui/table.tsx';
import type { PhaseDto } from '#lib/dal/dto.ts';
import type { AssertionResult } from '#lib/pipeline/run.ts';
import { expectedText } from './steps.tsx';

/** Expected against actual; before the run, what will be asked. */
export function Verification({ dto }: { dto: PhaseDto }) {
  const asked = dto.phase.verifications;
  if (asked.length === 0 && dto.verification.length === 0) return null;
  const off = dto.verification.filter((result) => !result.ok).length;
  return (
    <Section title="Verification" aside={dto.verification.length === 0 ? 'asked after the last step' : off === 0 ? `${dto.verification.length} of ${dto.verification.length} as expected` : `${off} of ${dto.verification.length} differ`}>
      {dto.verification.length > 0 ? (
        <ResultsTable results={dto.verification} />
      ) : (
        <ul className="border-t border-line">
          {asked.map((assertion, index) => (
            <li key={assertion.label} className="border-b border-line py-1.5">
              <Fold
                name={`verification.${index}`}
                summary={
                  <span>
                    {assertion.label} · expected {expectedText(assertion)}
                  </span>
                }
              >
                <Sql sql={assertion.sql} label={assertion.label} />
              </Fold>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

export function ResultsTable({ results }: { results: readonly AssertionResult[] }) {
  return (
    <Table label="Expected against actual">
      <thead>
        <tr>
          <Th>What</Th>
          <Th className="text-right">Expected</Th>
          <Th className="text-right">Actual</Th>
          <Th>State</Th>
        </tr>
      </thead>
      <tbody>
        {results.map((result) => (
          <tr key={result.label}>
            <Td>{result.label}</Td>
            <Td className="text-right font-mono text-sm break-all">{result.expected}</Td>
            <Td className={`text-right font-mono text-sm break-all ${result.ok ? '' : 'font-semibold text-red-ink'}`}>{result.actual}</Td>
            <Td>
              <StateMark tone={result.ok ? 'green' : 'red'} plain>
                {result.ok ? 'as expected' : 'differs'}
              </StateMark>
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
