import type { Assertion, Expectation } from '#lib/pipeline/plan.ts';

export function expectedText({ expect }: { expect: Expectation }): string {
  switch (expect.from) {
    case 'literal': return expect.value;
    case 'sql': return 'the answer of a query';
    case 'evidence': return expect.field === 'rows' ? 'the measured number of rows' : 'the measured keys';
    case 'unsaid': return 'nobody has said yet';
    case 'any': return 'whatever it says, to be read by a person';
  }
}

/** `must hold: rows left = 0`; what is only read and what nobody has answered must hold nothing. */
export function askedText(assertion: Assertion): string {
  switch (assertion.expect.from) {
    case 'any': return `noted, to be read by a person: ${assertion.label}`;
    case 'unsaid': return `asked, and nobody has said yet what must come out: ${assertion.label}`;
    case 'sql': return `must hold, by two queries with one answer: ${assertion.label}`;
    default: return `must hold: ${assertion.label} = ${expectedText(assertion)}`;
  }
}
