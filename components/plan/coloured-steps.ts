import { highlighted } from '#components/ui/highlight.ts';
import type { HighlightedSql } from '#components/ui/sql-figure.tsx';
import type { StepSql, StepWay } from '#lib/dal/load-step-sql.ts';
import type { Statement } from '#lib/pipeline/plan.ts';
import { askedText } from './expected-text.ts';

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
  return Promise.all(steps.map(async ({ id, sql, undo, typed }) => ({ id, typed, sql: await colouredWay(sql), undo: await colouredWay(undo) })));
}

/** Questions and their SQL, with its highlighting. */
export function colouredTexts(texts: readonly { label: string; sql: string }[]): Promise<HighlightedSql[]> {
  return Promise.all(texts.map(({ label, sql }) => coloured(label, sql)));
}

function colouredWay({ statements, more }: StepWay): Promise<ColouredText[]> {
  return Promise.all([...statements.map(colouredStatement), ...more.map(({ label, sql }) => coloured(label, sql))]);
}

async function colouredStatement(statement: Statement): Promise<ColouredText> {
  if (statement.do === 'execute') return coloured(statement.label, statement.sql);
  if (statement.do === 'copy') return coloured(`${statement.label} (repeated until no row is left)`, statement.sql);
  const text = await coloured(askedText(statement), statement.sql);
  return statement.expect.from === 'sql' ? { ...text, expected: await coloured('the value that must come out', statement.expect.sql) } : text;
}

async function coloured(label: string, sql: string): Promise<ColouredText> {
  return { label, sql, ...(await highlighted(sql)) };
}
