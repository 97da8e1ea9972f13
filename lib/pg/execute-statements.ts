import type pg from 'pg';
import { inAnotherOrder } from '#lib/pipeline/lock-order.ts';
import type { Statement, Step } from '#lib/pipeline/plan.ts';
import type { AssertionResult, ProgressFigure } from '#lib/pipeline/run.ts';
import { type Ask, askValue, checkAssertion } from './assertion.ts';
import type { StepContext } from './execute-kind.ts';
import { behindComments } from './statement-head.ts';

export interface StatementReport {
  /** A statement is about to be sent. */
  statement(index: number, label: string, sql: string): void;
  /** It came back: it waits for nobody any more. */
  returned(index: number): void;
  /** Rows done so far, of a total that was counted; null when there is none to trust. `figure` says what is counted where it is not rows, and where the number comes from. */
  progress(label: string, done: number, total: number | null, figure?: ProgressFigure): void;
}

export type StatementsEnd = { rows: number; statements: { label: string; rows: number; ms: number }[]; assertions: AssertionResult[] } & (
  | { ended: 'done' | 'stopped' | 'assertion' }
  | { ended: 'unsound'; sentence: string }
);

interface Frame {
  ask: Ask;
  context: StepContext;
  report: StatementReport;
}

/** A batch should take about half a second: long enough to be cheap, short enough for honest progress and a quick cancel. */
const BATCH_MS = 500;
const BATCH_FIRST = 1_000;
const BATCH_LEAST = 100;
const BATCH_MOST = 50_000;

/** Does the text begin with a command that would end the step's transaction under our feet? */
export function isTransactionControl(sql: string): boolean {
  return /^(?:begin|start\s+transaction|commit|end|rollback|abort|savepoint|release|prepare\s+transaction)\b/i.test(behindComments(sql));
}

export function isLock(sql: string): boolean {
  return /^lock\b/i.test(behindComments(sql));
}

/** Sends the statements one by one, in order; on every second try several tables are locked in another order. Stops at the first assertion that does not hold. Database errors are thrown as they are. */
export async function runStatements({ statements, locks }: Pick<Step, 'statements' | 'locks'>, frame: Frame): Promise<StatementsEnd> {
  const done: { rows: number; statements: { label: string; rows: number; ms: number }[]; assertions: AssertionResult[] } = { rows: 0, statements: [], assertions: [] };
  for (const [index, statement] of statements.entries()) {
    if (frame.context.stopping()) return { ...done, ended: 'stopped' };
    frame.report.statement(index, statement.label, statement.sql);
    const begun = performance.now();
    const ahead = statement.do === 'execute' ? inAnotherOrder(statement.sql, locks, frame.context.tries?.() ?? 1) : null;
    if (ahead !== null) await frame.ask({ text: ahead, rowMode: 'array' });
    const answer = await runStatement(statement, frame, done.assertions);
    frame.report.returned(index);
    if (statement.do === 'execute' && isLock(statement.sql)) await frame.context.locked?.();
    if (typeof answer === 'string') return answer === 'stopped' || answer === 'assertion' ? { ...done, ended: answer } : { ...done, ended: 'unsound', sentence: answer };
    done.rows += answer;
    done.statements.push({ label: statement.label, rows: answer, ms: Math.round(performance.now() - begun) });
  }
  return { ...done, ended: 'done' };
}

/** Rows written; or why it went no further. */
async function runStatement(statement: Statement, frame: Frame, assertions: AssertionResult[]): Promise<number | string> {
  switch (statement.do) {
    case 'execute': return rowsWritten(await frame.ask({ text: statement.sql, rowMode: 'array', queryMode: 'extended' }));
    case 'copy': return copyInBatches(statement, frame);
    case 'assert': {
      const result = await checkAssertion(frame.ask, statement, frame.context.evidenced);
      assertions.push(result);
      return result.ok ? 0 : 'assertion';
    }
  }
}

/** A SELECT counts only as CREATE TABLE AS, which answers with the same tag and no columns. */
function rowsWritten(answer: pg.QueryArrayResult): number {
  const writes = ['INSERT', 'UPDATE', 'DELETE', 'MERGE'].includes(answer.command) || (answer.command === 'SELECT' && answer.fields.length === 0);
  return writes ? (answer.rowCount ?? 0) : 0;
}

async function copyInBatches(statement: Extract<Statement, { do: 'copy' }>, frame: Frame): Promise<number | string> {
  const counted = Number(await askValue(frame.ask, statement.totalSql));
  const total = Number.isSafeInteger(counted) ? counted : null;
  frame.report.progress(statement.label, 0, total);
  let done = 0;
  let last: string | null = null;
  let size = BATCH_FIRST;
  for (;;) {
    if (frame.context.stopping()) return 'stopped';
    const begun = performance.now();
    const batch: { rows: number; last: string | null } = await copyBatch(statement.sql, last, size, frame);
    if (batch.rows === 0) return done;
    if (batch.last === null || batch.last === last) return `The copy “${statement.label}” does not move on: it read ${batch.rows} rows again. The step was rolled back; nothing of it stands.`;
    done += batch.rows;
    last = batch.last;
    frame.report.progress(statement.label, done, total !== null && done <= total ? total : null);
    frame.context.reach('mid_copy');
    size = nextSize(size, performance.now() - begun);
  }
}

async function copyBatch(sql: string, last: string | null, size: number, frame: Frame): Promise<{ rows: number; last: string | null }> {
  const answer = await frame.ask({ text: sql, values: [last, size], rowMode: 'array' });
  const row: unknown[] = answer.rows[0] ?? [];
  const at = (name: string): unknown => row[answer.fields.findIndex((field) => field.name === name)];
  const key = at('last');
  return { rows: Number(at('rows') ?? 0), last: key === null || key === undefined ? null : String(key) };
}

function nextSize(size: number, ms: number): number {
  const wanted = ms <= 0 ? size * 2 : Math.round((size * BATCH_MS) / ms);
  return Math.min(BATCH_MOST, Math.max(BATCH_LEAST, Math.min(size * 2, wanted)));
}
