import { StateMark } from '#components/ui/state-mark.tsx';
import type { Assertion } from '#lib/pipeline/plan.ts';
import { expectedText } from './expected-text.ts';

/** What must come out of a question, or that nobody has said it yet: that waits for a person. */
export function Wanted({ assertion }: { assertion: Pick<Assertion, 'expect'> }) {
  if (assertion.expect.from === 'unsaid') return <StateMark tone="blue">nobody has said yet what must come out</StateMark>;
  return assertion.expect.from === 'any' ? 'noted, to be read by a person' : `expected ${expectedText(assertion)}`;
}

/** What a step that people wrote asks, without opening its SQL. */
export function Questions({ asked }: { asked: readonly Pick<Assertion, 'label' | 'expect'>[] }) {
  if (asked.length === 0) return null;
  return (
    <ul className="mt-0.5 text-sm">
      {asked.map((assertion, index) => (
        <li key={`${index} ${assertion.label}`} className="wrap-anywhere">
          {assertion.label} · <Wanted assertion={assertion} />
        </li>
      ))}
    </ul>
  );
}
