import type { TableName } from '../../plan.ts';
import { spoken } from '../../planner/names.ts';
import type { LintFinding, LintScene, SaferForm, SceneStatement } from '../finding.ts';
import { isByPeople } from '../names.ts';

export interface Said {
  /** What it is about, besides the step: a table, an index; part of the finding's id. */
  object: string;
  sentence: string;
  severity: LintFinding['severity'];
  table?: TableName;
  rows?: LintFinding['rows'];
  safer?: SaferForm;
}

/** A finding about one statement. */
export function about(scene: LintScene, code: string, statement: SceneStatement, said: Said): LintFinding {
  const step = scene.plan.phases.find((phase) => phase.id === statement.phaseId)?.steps.find((one) => one.id === statement.stepId);
  const { object, ...rest } = said;
  return { id: `${code} ${statement.stepId} ${object}`, code, move: 'yours', phaseId: statement.phaseId, stepId: statement.stepId, statement: statement.index, at: step?.source ? { line: step.source.from, column: 1 } : null, ...rest };
}

const WRITTEN = new WeakMap<LintScene, ReadonlySet<SceneStatement>>();

/** Whether a person wrote the statement; what the planner makes answers for itself. */
export function isWritten(scene: LintScene, statement: SceneStatement): boolean {
  const known = WRITTEN.get(scene) ?? writtenOf(scene);
  WRITTEN.set(scene, known);
  return known.has(statement);
}

function writtenOf(scene: LintScene): ReadonlySet<SceneStatement> {
  const steps = new Set(scene.plan.phases.flatMap((phase) => phase.steps.filter((step) => isByPeople(scene.plan, phase.id, step)).map((step) => `${phase.id} ${step.id}`)));
  return new Set(scene.statements.filter((one) => steps.has(`${one.phaseId} ${one.stepId}`)));
}

/** The statements that people wrote, of these kinds. */
export function written(scene: LintScene, ...kinds: readonly string[]): SceneStatement[] {
  return scene.statements.filter((one) => kinds.includes(one.kind) && isWritten(scene, one));
}

export const ENGINE_CONVERSION = (table: TableName): SaferForm => ({ form: 'engine_conversion', label: 'Convert it by the engine', sentence: `Copies, conversion and swap of ${spoken(table)} become phases of the planner: no write is lost, what hangs on the table is carried over, and rows written since come along on the way back or are kept aside.` });
export const ENGINE_CREATE = (what: string, desired: string): SaferForm => ({ form: 'engine_create', label: `Create it as ${desired} has it`, sentence: `${what} is created with the columns, keys, indexes and grants that ${desired} has.` });
export const BATCHED_UPDATE: SaferForm = { form: 'batched_update', label: 'Update in batches', sentence: 'The rows that are meant are noted with what stood in them, and changed in batches by their key, a transaction each; going back gives them back what stood in them.' };
