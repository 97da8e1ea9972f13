import 'server-only';
import { typedText } from '#lib/pipeline/editor/written-sql.ts';
import type { Plan, Statement, Step } from '#lib/pipeline/plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { paperOf } from '#lib/pipeline/step-kinds/all.ts';
import { findVersion } from '#lib/store/plans.ts';
import type { RouteContext } from './gate.ts';
import { knownId } from './load-plan.ts';

/** One way of a step: its statements, and what its kind sends beyond them. */
export interface StepWay {
  statements: readonly Statement[];
  more: readonly { label: string; sql: string }[];
}

export interface StepSql {
  id: string;
  sql: StepWay;
  undo: StepWay;
  /** As its author edits it. */
  typed: { sql: string; undo: string };
}

/** So many steps are answered at once; a page asks again for the rest. */
const STEPS_AT_ONCE = 50;

/** Everything that these steps of a version send. A version never changes, so an answer may be kept for ever. */
export async function loadStepSql({ db, request }: Pick<RouteContext, 'db' | 'request'>, planId: string): Promise<StepSql[]> {
  const wanted = new URL(request.url).searchParams.getAll('step').slice(0, STEPS_AT_ONCE);
  const plan = await askedVersion({ db, request }, planId);
  return plan.phases.flatMap((phase) => phase.steps.filter((step) => wanted.includes(step.id)).map(stepSql));
}

/** The version of a plan that the address names. */
export async function askedVersion({ db, request }: Pick<RouteContext, 'db' | 'request'>, planId: string): Promise<Plan> {
  const version = Number(new URL(request.url).searchParams.get('version'));
  const plan = Number.isInteger(version) && version > 0 && version < 1e9 ? await findVersion(db, knownId(planId), version) : null;
  if (!plan) throw new Refused('not_found', 'There is no such version of a plan.');
  return plan;
}

function stepSql(step: Step): StepSql {
  const paper = paperOf(step);
  const undone = paper.undone(step);
  return { id: step.id, sql: wayOf(step.statements, step.work, paper.sql(step)), undo: wayOf(step.undo, step.undoWork, undone ? paperOf(undone).sql(undone) : []), typed: typedText(step) };
}

/** Commands of a person and open texts are shown as what they are, and not as SQL. */
function wayOf(statements: readonly Statement[], work: Step['work'], sent: readonly { label: string; sql: string }[]): StepWay {
  const more = sent.filter((one) => !statements.some((statement) => statement.sql === one.sql && statement.label === one.label));
  if (work?.kind === 'open') return { statements: [], more: [] };
  return { statements, more: work?.kind === 'manual' ? more.filter((one) => one.sql !== work.command) : more };
}
