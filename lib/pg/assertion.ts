import type pg from 'pg';
import type { Assertion, Expectation } from '#lib/pipeline/plan.ts';
import type { AssertionResult } from '#lib/pipeline/run.ts';

type Evidenced = Extract<Expectation, { from: 'evidence' }>;

/** Sends one statement; the executor's own has a deadline, the verifier's has not. */
export type Ask = (query: OneStatement) => Promise<pg.QueryArrayResult>;

/** `extended` makes the server refuse a text of several statements. */
export type OneStatement = pg.QueryArrayConfig & { queryMode?: 'extended' };

/** Stands where an expected value should, when the run's evidence does not hold it. */
export const NOT_MEASURED = 'not measured';

const BOOLEAN_OID = 16;
const AS_TEXT = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig;

/**
 * Asks what is and what should be, both as text, and compares. Nothing is thrown for a difference.
 * @param evidenced the measured value that the run's own evidence holds, null when it holds none: then the assertion fails.
 */
export async function checkAssertion(ask: Ask, assertion: Assertion, evidenced: (expectation: Evidenced) => string | null): Promise<AssertionResult> {
  const actual = await askValue(ask, assertion.sql);
  const expected = await expectedValue(ask, assertion.expect, evidenced);
  if (assertion.expect.from === 'any') return { label: assertion.label, expected: 'to be read by a person', actual, ok: true };
  if (expected === null) return { label: assertion.label, expected: NOT_MEASURED, actual, ok: false };
  return { label: assertion.label, expected, actual, ok: sameText(expected, actual) };
}

/** The single value of a query, as text; `no row` and `null` are words of their own. */
export async function askValue(ask: Ask, sql: string): Promise<string> {
  const answer = await ask({ text: sql, rowMode: 'array', types: AS_TEXT, queryMode: 'extended' });
  const row: unknown[] | undefined = answer.rows[0];
  if (!row) return 'no row';
  if (answer.rows.length > 1 || row.length !== 1) return `${answer.rows.length} rows of ${row.length} columns`;
  const value = row[0];
  if (value === null || value === undefined) return 'null';
  return answer.fields[0]?.dataTypeID === BOOLEAN_OID ? spelledOut(String(value)) : String(value);
}

async function expectedValue(ask: Ask, expect: Expectation, evidenced: (expectation: Evidenced) => string | null): Promise<string | null> {
  switch (expect.from) {
    case 'literal': return expect.value;
    case 'sql': return askValue(ask, expect.sql);
    case 'evidence': return evidenced(expect);
    // Nobody has said what must come out: that is no answer, and the step does not stand.
    case 'unsaid':
    case 'any': return null;
  }
}

/** The wire says t and f, `::text` says true and false. */
function spelledOut(value: string): string {
  return value === 't' ? 'true' : value === 'f' ? 'false' : value;
}

function sameText(expected: string, actual: string): boolean {
  return expected === actual || ((actual === 'true' || actual === 'false') && spelledOut(expected) === actual);
}
