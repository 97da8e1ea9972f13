import type { Expectation, Plan, Statement } from '../plan.ts';
import type { PlanResult } from '../planner/make-plan.ts';
import { withoutRowsAsText } from '../rows-as-text.ts';
import { refused, replaced, writtenStep } from './written.ts';

/** What a person says must come out of a question. */
export type Said = { what: 'value'; value: string } | { what: 'rows'; rows: number } | { what: 'any' };

/** Longest value that is compared. */
const MAX_VALUE = 10_000;

/** As a person fills it in: the kind and one field. Refused in words. */
export function saidOf(what: 'value' | 'rows' | 'any', typed: string): { ok: true; said: Said } | ReturnType<typeof refused> {
  if (what === 'any') return { ok: true, said: { what } };
  if (what === 'value') return typed.length > MAX_VALUE ? refused('invalid_input', 'The value is too long to be compared.') : { ok: true, said: { what, value: typed } };
  const rows = typed.replaceAll(/[\s,.'’_]/g, '');
  return /^\d{1,15}$/.test(rows) ? { ok: true, said: { what, rows: Number(rows) } } : refused('invalid_input', 'Say how many rows there must be: a whole number.');
}

/** The question with its answer: a number of rows is asked by counting, a value is compared as text. */
export function asked(sql: string, said: Said): { sql: string; expect: Expectation } {
  const uncountedSql = uncounted(sql) ?? sql;
  // A text asks for all rows as one value, because that can be compared with whatever it says; counted or only read, the rows are meant.
  const rows = withoutRowsAsText(uncountedSql) ?? uncountedSql;
  if (said.what === 'rows') return { sql: countOf(rows), expect: { from: 'literal', value: String(said.rows) } };
  return said.what === 'any' ? { sql: rows, expect: { from: 'any' } } : { sql: uncountedSql, expect: { from: 'literal', value: said.value } };
}

/**
 * Says what a verification of a written step must answer.
 * @param index of the statement inside the step. Refuses a statement that is no verification.
 */
export function expectOf(plan: Plan, phaseId: string, stepId: string, index: number, said: Said): PlanResult {
  const found = writtenStep(plan, phaseId, stepId);
  if (!found.ok) return found;
  const statement = found.step.statements[index];
  if (statement?.do !== 'assert') return refused('invalid_input', 'This statement asks nothing, so nothing can be expected of it.');
  const next: Statement = { ...statement, ...asked(statement.sql, said) };
  return replaced(plan, found.phase, { ...found.step, statements: found.step.statements.map((one, at) => (at === index ? next : one)) });
}

const COUNT = ['SELECT count(*)::text FROM (\n', '\n) AS answer'] as const;

/** A question that answers with the number of rows of another. */
export function countOf(sql: string): string {
  return `${COUNT[0]}${sql.trim().replace(/;$/, '')}${COUNT[1]}`;
}

/** The question itself, as its text has it; `whole`: it asks for all rows as one value, so that a value of it is not one of its cells. */
export function questionOf(sql: string): { sql: string; whole: boolean } {
  const uncountedSql = uncounted(sql) ?? sql;
  const rows = withoutRowsAsText(uncountedSql);
  return { sql: (rows ?? uncountedSql).trim().replace(/;$/, ''), whole: rows !== null };
}

/** What countOf was given; null when it did not make this. */
function uncounted(sql: string): string | null {
  return sql.startsWith(COUNT[0]) && sql.endsWith(COUNT[1]) ? sql.slice(COUNT[0].length, -COUNT[1].length) : null;
}
