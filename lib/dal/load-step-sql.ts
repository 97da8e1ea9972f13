import 'server-only';
import { typedText } from '#lib/pipeline/editor/written-sql.ts';
import type { Expectation, Statement, Step } from '#lib/pipeline/plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { paperOf } from '#lib/pipeline/step-kinds/all.ts';
import { findVersion } from '#lib/store/plans.ts';
import type { RouteContext } from './gate.ts';
import { knownId } from './load-plan.ts';

/** One text that a step sends. */
export interface StepSqlText {
  label: string;
  sql: string;
  /** Of an assertion whose expected value is itself asked for. */
  expected?: string;
}

export interface StepSql {
  id: string;
  sql: readonly StepSqlText[];
  undo: readonly StepSqlText[];
  /** As its author edits it. */
  typed: { sql: string; undo: string };
}

/** So many steps are answered at once; a page asks again for the rest. */
export const STEPS_AT_ONCE = 50;

/** Everything that these steps of a version send. A version never changes, so an answer may be kept for ever. */
export async function loadStepSql({ db, request }: RouteContext, planId: string): Promise<StepSql[]> {
  const { searchParams } = new URL(request.url);
  const version = Number(searchParams.get('version'));
  const wanted = searchParams.getAll('step').slice(0, STEPS_AT_ONCE);
  const plan = Number.isInteger(version) && version > 0 && version < 1e9 ? await findVersion(db, knownId(planId), version) : null;
  if (!plan) throw new Refused('not_found', 'There is no such version of a plan.');
  return plan.phases.flatMap((phase) => phase.steps.filter((step) => wanted.includes(step.id)).map(stepSql));
}

function stepSql(step: Step): StepSql {
  const paper = paperOf(step);
  const undone = paper.undone(step);
  return { id: step.id, sql: textsOf(step.statements, paper.sql(step)), undo: textsOf(step.undo, undone ? paperOf(undone).sql(undone) : []), typed: typedText(step) };
}

/** The statements, and what the step's kind sends beyond them. */
function textsOf(statements: readonly Statement[], sent: readonly { label: string; sql: string }[]): StepSqlText[] {
  const more = sent.filter((one) => !statements.some((statement) => statement.sql === one.sql && statement.label === one.label));
  return [...statements.map(statementText), ...more.map(({ label, sql }) => ({ label, sql }))];
}

function statementText(statement: Statement): StepSqlText {
  if (statement.do === 'execute') return { label: statement.label, sql: statement.sql };
  if (statement.do === 'copy') return { label: `${statement.label} (repeated until no row is left)`, sql: statement.sql };
  return { label: `must hold: ${statement.label} = ${expectedText(statement.expect)}`, sql: statement.sql, ...(statement.expect.from === 'sql' ? { expected: statement.expect.sql } : {}) };
}

function expectedText(expect: Expectation): string {
  switch (expect.from) {
    case 'literal': return expect.value;
    case 'sql': return 'the answer of a query';
    case 'evidence': return expect.field === 'rows' ? 'the measured number of rows' : 'the measured keys';
    case 'unsaid': return 'nobody has said yet';
    case 'any': return 'whatever it says, to be read by a person';
  }
}
