import type { Hazard } from '../hazards.ts';
import type { Plan, Statement, Step } from '../plan.ts';
import type { PlanResult } from '../planner/make-plan.ts';
import { digestOf } from '../digest.ts';
import { kindOf } from '../step-kinds/all.ts';
import { firstWords, readTyped, troubleText, type TypedStatement } from './typed-sql.ts';
import { NO_WAY_BACK, refused, replaced, writtenStep } from './written.ts';

/** The SQL of a step and what takes it back, as a person typed them. */
export interface StepEdit {
  sql: string;
  undo: string;
}

const BY_HAND: Hazard = { code: 'EDITED_BY_HAND', sentence: 'Written by hand: nobody has derived the locks and risks of it.' };

/** What typed SQL says about a step; the rest of the step (id, title, lines) is somebody else's. */
export type WrittenBody = Pick<Step, 'statements' | 'undo' | 'locks' | 'rewrite' | 'hazards'>;
type BodyResult = { ok: true; body: WrittenBody } | ReturnType<typeof refused>;

/**
 * Makes a step of typed SQL: both texts are split by the real parser, and every statement must be able to run inside the step's transaction.
 * @param before the statements that the texts replace; one that was left as it is stays as it is, with its label and what it expects.
 * Refuses what does not parse (with line and column), an empty text, and what Postgres keeps out of transactions.
 */
export async function bodyOf(edit: StepEdit, before: Pick<Step, 'statements' | 'undo'> = { statements: [], undo: [] }): Promise<BodyResult> {
  const forward = await statementsOf(edit.sql, 'The SQL', before.statements);
  if (!forward.ok) return forward;
  const back = await statementsOf(edit.undo, 'The undo SQL', before.undo);
  if (!back.ok) return back;
  if (forward.statements.length === 0) return refused('invalid_input', 'The step has no statement left.');
  const reads = forward.statements.every((statement) => statement.do === 'assert');
  const hazards = reads ? [] : [BY_HAND, ...(back.statements.length === 0 ? [NO_WAY_BACK] : [])];
  return { ok: true, body: { statements: forward.statements, undo: back.statements, locks: [], rewrite: false, hazards } };
}

/**
 * The plan with the SQL of a step of a written phase replaced. A step that was open becomes what was typed instead. Text that says what the
 * step says already gives the plan back as it is.
 */
export async function writeStep(plan: Plan, phaseId: string, stepId: string, edit: StepEdit): Promise<PlanResult> {
  const found = writtenStep(plan, phaseId, stepId);
  if (!found.ok) return found;
  const { phase, step } = found;
  if (kindOf(step) !== 'sql' && kindOf(step) !== 'open') return refused('not_editable', `“${step.title}” is no SQL that could be edited.`);
  const written = await bodyOf(edit, step);
  if (!written.ok) return written;
  if (kindOf(step) === 'sql' && digestOf([written.body.statements, written.body.undo]) === digestOf([step.statements, step.undo])) return { ok: true, plan };
  const { work: _open, undoWork: _undoWork, undoLocks: _undoLocks, ...rest } = step;
  return replaced(plan, phase, { ...rest, ...written.body });
}

type Split = { ok: true; statements: Statement[] } | ReturnType<typeof refused>;

/** Typed text as statements of a transaction; `before`: what stood there. */
export async function statementsOf(typed: string, what: string, before: readonly Statement[]): Promise<Split> {
  const read = await readTyped(typed);
  if (!read.ok) return refused('does_not_parse', `${what} does not parse: ${troubleText(read.trouble)}.`);
  const outside = read.statements.find((one) => one.outside !== null);
  if (outside) return refused('does_not_parse', `${what} uses ${outside.outside}, which cannot run inside the step's transaction.`);
  const same = read.statements.map((one) => before.find((statement) => bare(statement.sql) === one.sql));
  // A check whose question was edited goes on expecting what it did: a changed question is a reason to look at the answer, not to lose it.
  const loose = before.filter((statement) => statement.do === 'assert' && !same.includes(statement));
  return { ok: true, statements: read.statements.map((one, index): Statement => same[index] ?? madeOf(one, loose)) };
}

function madeOf(one: TypedStatement, loose: Statement[]): Statement {
  const label = firstWords(one.sql);
  const asked = one.kind === 'SelectStmt' ? loose.shift() : undefined;
  if (asked?.do === 'assert') return { ...asked, label, sql: one.sql };
  return { do: 'execute', label, sql: one.sql };
}

function bare(sql: string): string {
  return sql.trim().replace(/;$/, '');
}
