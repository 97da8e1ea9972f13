import { parse } from 'libpg-query';
import { digestOf } from '../digest.ts';
import type { Plan, Statement, Step } from '../plan.ts';
import type { PlanResult } from './make-plan.ts';

/** What cannot run inside the one transaction that makes a step happen once. */
const OUTSIDE_TRANSACTION: readonly { node: string; word: string }[] = [
  { node: 'TransactionStmt', word: 'BEGIN, COMMIT and ROLLBACK' },
  { node: 'VacuumStmt', word: 'VACUUM' },
  { node: 'CreatedbStmt', word: 'CREATE DATABASE' },
  { node: 'DropdbStmt', word: 'DROP DATABASE' },
  { node: 'CreateTableSpaceStmt', word: 'CREATE TABLESPACE' },
  { node: 'DropTableSpaceStmt', word: 'DROP TABLESPACE' },
  { node: 'AlterSystemStmt', word: 'ALTER SYSTEM' },
  { node: 'VariableSetStmt', word: 'SET and RESET' },
  { node: 'CopyStmt', word: 'COPY' },
];

export interface StepEdit {
  sql: string;
  undo: string;
}

/**
 * The plan with the SQL of one step replaced by a person's. The text is split by the real Postgres parser; every statement must parse
 * and must be able to run inside the step's transaction. The edit is marked as a hazard, because lock and risk were not derived from it.
 * Text that says what the step says already gives the plan back as it is.
 */
export async function editStep(plan: Plan, phaseId: string, stepId: string, edit: StepEdit): Promise<PlanResult> {
  const step = plan.phases.find((phase) => phase.id === phaseId)?.steps.find((one) => one.id === stepId);
  if (!step) return refused('not_found', 'The plan has no such step.');
  if (!step.editable) return refused('not_editable', `The SQL of “${step.title}” follows from the differences and decisions; change those instead.`);
  const forward = await statementsOf(edit.sql, 'The SQL', step.statements);
  if (!forward.ok) return refused('does_not_parse', forward.sentence);
  const back = await statementsOf(edit.undo, 'The undo SQL', step.undo);
  if (!back.ok) return refused('does_not_parse', back.sentence);
  if (forward.statements.length === 0) return refused('invalid_input', 'The step has no statement left.');
  if (digestOf([forward.statements, back.statements]) === digestOf([step.statements, step.undo])) return { ok: true, plan };
  const edited: Step = {
    ...step,
    statements: forward.statements,
    undo: back.statements,
    hazards: [
      ...step.hazards.filter((hazard) => hazard.code !== 'EDITED_BY_HAND' && hazard.code !== 'NOT_REVERSIBLE'),
      { code: 'EDITED_BY_HAND', sentence: 'Edited by hand: the locks and risks shown were derived from the generated form.' },
      ...(back.statements.length === 0 ? [{ code: 'NOT_REVERSIBLE' as const, sentence: 'The step has no undo: a rollback of the phase leaves its effect in place.' }] : []),
    ],
  };
  return { ok: true, plan: { ...plan, phases: plan.phases.map((phase) => (phase.id === phaseId ? { ...phase, steps: phase.steps.map((one) => (one.id === stepId ? edited : one)) } : phase)) } };
}

function refused(code: 'not_found' | 'not_editable' | 'does_not_parse' | 'invalid_input', sentence: string): PlanResult {
  return { ok: false, refusals: [{ code, sentence }] };
}

type Split = { ok: true; statements: Statement[] } | { ok: false; sentence: string };

/** `before`: a statement that was left as it is keeps its label, so that only what was edited counts as changed. */
async function statementsOf(typed: string, what: string, before: readonly Statement[]): Promise<Split> {
  // A form sends line ends as CR LF.
  const sql = typed.replaceAll('\r\n', '\n');
  if (sql.trim() === '') return { ok: true, statements: [] };
  let parsed: Awaited<ReturnType<typeof parse>>;
  try {
    parsed = await parse(sql);
  } catch (error) {
    return { ok: false, sentence: `${what} does not parse: ${error instanceof Error ? error.message : 'unknown error'}${position(error, sql)}.` };
  }
  // Offsets of the parser are bytes of the UTF-8 text, not positions in the string.
  const bytes = Buffer.from(sql, 'utf8');
  const statements: Statement[] = [];
  let next = 0;
  for (const one of parsed.stmts ?? []) {
    const outside = OUTSIDE_TRANSACTION.find(({ node }) => one.stmt !== undefined && node in one.stmt) ?? concurrently(one.stmt);
    if (outside) return { ok: false, sentence: `${what} uses ${outside.word}, which cannot run inside the step's transaction.` };
    const end = one.stmt_len ? (one.stmt_location ?? 0) + one.stmt_len : bytes.length;
    // From where the one before ended: the parser begins behind the comments, and they are the author's words to the approver.
    const text = bytes.subarray(next, end).toString('utf8').trim();
    next = end + 1;
    const same = before.find((statement) => statement.do === 'execute' && bare(statement.sql) === text);
    statements.push(same ?? { do: 'execute', label: firstWords(text), sql: text });
  }
  return { ok: true, statements };
}

function bare(sql: string): string {
  return sql.trim().replace(/;$/, '');
}

function concurrently(stmt: unknown): { word: string } | undefined {
  return JSON.stringify(stmt ?? null).includes('"concurrent":true') ? { word: 'CONCURRENTLY' } : undefined;
}

function position(error: unknown, sql: string): string {
  const details = typeof error === 'object' && error !== null && 'sqlDetails' in error ? (error.sqlDetails as { cursorPosition?: number } | undefined) : undefined;
  if (!details?.cursorPosition) return '';
  const before = Buffer.from(sql, 'utf8').subarray(0, details.cursorPosition).toString('utf8');
  return ` (line ${before.split('\n').length})`;
}

function firstWords(sql: string): string {
  const words = sql.replaceAll(/--.*$|\/\*[\s\S]*?\*\//gm, '').replaceAll(/\s+/g, ' ').trim().split(' ').slice(0, 6).join(' ');
  return words.length > 60 ? `${words.slice(0, 59)}…` : words;
}
