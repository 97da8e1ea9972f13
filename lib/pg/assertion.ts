import type pg from 'pg';
import { ANSWER_ROWS_MOST, answerText } from '#lib/pipeline/answer.ts';
import type { Assertion, Expectation } from '#lib/pipeline/plan.ts';
import type { AssertionResult } from '#lib/pipeline/run.ts';
import { behindComments } from './statement-head.ts';

type Evidenced = Extract<Expectation, { from: 'evidence' }>;

/** Sends one statement; the executor's own has a deadline, the verifier's has not. */
export type Ask = (query: OneStatement) => Promise<pg.QueryArrayResult>;

/** `extended` makes the server refuse a text of several statements. */
export type OneStatement = pg.QueryArrayConfig & { queryMode?: 'extended' };

/** Stands where an expected value should, when the run's evidence does not hold it. */
export const NOT_MEASURED = 'not measured';

/** Stands there when a text asks and nobody has said what must come out. */
export const NOT_SAID = 'nobody has said yet';

const BOOLEAN_OID = 16;
const AS_TEXT = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig;

/**
 * Asks what is and what should be, both as text, and compares. Nothing is thrown for a difference.
 * @param evidenced the measured value that the run's own evidence holds, null when it holds none: then the assertion fails.
 */
export async function checkAssertion(ask: Ask, assertion: Assertion, evidenced: (expectation: Evidenced) => string | null): Promise<AssertionResult> {
  if (assertion.expect.from === 'any') return { label: assertion.label, expected: 'to be read by a person', actual: await askNoted(ask, assertion.sql), ok: true, noted: true };
  // Nobody has said what must come out: the question is not even asked, and the step does not stand.
  if (assertion.expect.from === 'unsaid') return { label: assertion.label, expected: NOT_SAID, actual: 'not asked', ok: false };
  const actual = await askValue(ask, assertion.sql);
  const expected = await expectedValue(ask, assertion.expect, evidenced);
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
    case 'unsaid':
    case 'any': return null;
  }
}

/**
 * The first rows of an answer as text, for the record. Through a cursor, so that a query over a million rows takes no memory; it is carried out to
 * its end all the same, and counted. Needs an open transaction. What is no query (SHOW, EXPLAIN) cannot have a cursor and is asked as it stands.
 */
async function askNoted(ask: Ask, sql: string): Promise<string> {
  if (!/^(?:select|with|values|table|\()/i.test(behindComments(sql))) {
    const whole = await ask({ text: sql, rowMode: 'array', types: AS_TEXT, queryMode: 'extended' });
    return answerText(...readable(whole), whole.rows.length);
  }
  await ask({ text: `DECLARE countersign_answer NO SCROLL CURSOR FOR ${sql}`, rowMode: 'array', queryMode: 'extended' });
  const first = await ask({ text: `FETCH ${ANSWER_ROWS_MOST} FROM countersign_answer`, rowMode: 'array', types: AS_TEXT });
  const rest = await ask({ text: 'MOVE FORWARD ALL FROM countersign_answer', rowMode: 'array' });
  await ask({ text: 'CLOSE countersign_answer', rowMode: 'array' });
  return answerText(...readable(first), first.rows.length + (rest.rowCount ?? 0));
}

/** How many rows a query answers, and its value where that is one row of one column. Needs an open transaction; what is no query is refused by the server. */
export async function asOneValue(ask: Ask, sql: string): Promise<{ rows: number; value: string | null }> {
  await ask({ text: `DECLARE countersign_answer NO SCROLL CURSOR FOR ${sql}`, rowMode: 'array', queryMode: 'extended' });
  const first = await ask({ text: 'FETCH 1 FROM countersign_answer', rowMode: 'array', types: AS_TEXT });
  const rest = await ask({ text: 'MOVE FORWARD ALL FROM countersign_answer', rowMode: 'array' });
  await ask({ text: 'CLOSE countersign_answer', rowMode: 'array' });
  const rows = first.rows.length + (rest.rowCount ?? 0);
  const [, [only] = []] = readable(first);
  return { rows, value: rows === 1 && only?.length === 1 ? (only[0] ?? 'null') : null };
}

function readable(answer: pg.QueryArrayResult): [string[], (string | null)[][]] {
  const value = (cell: unknown, at: number): string | null => (cell === null || cell === undefined ? null : answer.fields[at]?.dataTypeID === BOOLEAN_OID ? spelledOut(String(cell)) : String(cell));
  return [answer.fields.map((field) => field.name), answer.rows.map((row: unknown[]) => row.map(value))];
}

/** The wire says t and f, `::text` says true and false. */
function spelledOut(value: string): string {
  return value === 't' ? 'true' : value === 'f' ? 'false' : value;
}

function sameText(expected: string, actual: string): boolean {
  return expected === actual || ((actual === 'true' || actual === 'false') && spelledOut(expected) === actual);
}
