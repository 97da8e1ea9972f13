import { highlighted } from '#components/ui/highlight.ts';
import type { HighlightedSql } from '#components/ui/sql-figure.tsx';
import type { StepSql, StepSqlText } from '#lib/dal/load-step-sql.ts';

export interface ColouredText extends HighlightedSql {
  expected?: HighlightedSql;
}

export interface ColouredStep {
  id: string;
  sql: readonly ColouredText[];
  undo: readonly ColouredText[];
  typed: StepSql['typed'];
}

/** The SQL of steps with its highlighting, which is made where the highlighter is: on the server. */
export function colouredSteps(steps: readonly StepSql[]): Promise<ColouredStep[]> {
  return Promise.all(steps.map(async ({ id, sql, undo, typed }) => ({ id, typed, sql: await Promise.all(sql.map(coloured)), undo: await Promise.all(undo.map(coloured)) })));
}

async function coloured({ label, sql, expected }: StepSqlText): Promise<ColouredText> {
  return { label, sql, ...(await highlighted(sql)), ...(expected === undefined ? {} : { expected: { label: 'the value that must come out', sql: expected, ...(await highlighted(expected)) } }) };
}
