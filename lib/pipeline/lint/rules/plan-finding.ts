import type { SourceLines, TableName } from '../../plan.ts';
import type { LintFinding, LintScene, SceneStatement } from '../finding.ts';
import { type FormId, saferForm } from '../forms.ts';
import { isByPeople } from '../names.ts';
import { findingId } from '../seen.ts';

export interface Said {
  /** What it is about, besides the step: a table, an index; part of the finding's id. */
  object: string;
  sentence: string;
  severity: LintFinding['severity'];
  table?: TableName;
  rows?: LintFinding['rows'];
  safer?: FormId;
}

const SOURCES = new WeakMap<LintScene, ReadonlyMap<string, SourceLines>>();

function sourceOf(scene: LintScene, statement: SceneStatement): SourceLines | undefined {
  const known = SOURCES.get(scene) ?? new Map(scene.plan.phases.flatMap((phase) => phase.steps.flatMap((step) => (step.source ? [[`${phase.id} ${step.id}`, step.source] as const] : []))));
  SOURCES.set(scene, known);
  return known.get(`${statement.phaseId} ${statement.stepId}`);
}

/** A finding about one statement. */
export function about(scene: LintScene, code: string, statement: SceneStatement, said: Said): LintFinding {
  const source = sourceOf(scene, statement);
  const { object, safer, ...rest } = said;
  return { id: findingId(code, statement.stepId, object), code, move: said.severity === 'blocking' ? 'yours' : 'clears', phaseId: statement.phaseId, stepId: statement.stepId, statement: statement.index, at: source ? { line: source.from, column: 1 } : null, ...rest, ...(safer ? { safer: saferForm(safer) } : {}) };
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
