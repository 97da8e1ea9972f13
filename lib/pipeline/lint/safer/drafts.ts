import type { Phase, Plan, Statement, Step, TableName } from '../../plan.ts';
import type { Draft } from '../../planner/draft.ts';
import type { PlanResult } from '../../planner/make-plan.ts';
import { type Node, nodeAt, nodesAt } from '../../sql-facts/tree.ts';
import type { LintFinding, LintScene, SceneStatement } from '../finding.ts';
import { type NamedTable, type Names, namesOf } from '../names.ts';
import { rangeName } from '../said-names.ts';
import { cutAt, GONE, refusedForm, replaceStep, statementOf, stepOf } from './form.ts';

/** A statement of a finding with where it stands. */
export interface Placed {
  statement: SceneStatement;
  phase: Phase;
  step: Step;
}

/** The statement that a finding is about; null when the plan has it no more. */
export function placed(plan: Plan, scene: LintScene, finding: LintFinding): Placed | null {
  const here = stepOf(plan, finding);
  const statement = statementOf(scene, finding);
  return here && statement ? { statement, ...here } : null;
}

/** The table of an ALTER TABLE, a CREATE INDEX or an UPDATE, in full. */
export function tableOf(scene: LintScene, statement: SceneStatement): { name: TableName; known: NamedTable | null } | null {
  const names = namesOf(scene);
  const said = rangeName(nodeAt(statement.node, 'relation'));
  if (!said) return null;
  const at = names.before(statement);
  const name = names.resolve(at, said, names.searchPathOf(statement));
  return { name, known: names.table(at, name) };
}

/** The columns of the primary key with their types, as the table stands at that moment; null where there is none, or nobody knows the types. */
export function keyOf(names: Names, at: number, table: NamedTable): { key: readonly string[]; types: readonly string[] } | null {
  const key = names.constraintsOf(at, table.id).find((one) => one.type === 'primary key')?.columns ?? [];
  const types = key.flatMap((name) => table.columns?.find((column) => column.name === name)?.type ?? []);
  return key.length > 0 && types.length === key.length ? { key, types } : null;
}

/** The one command of an ALTER TABLE; null when there are several, which only a person can part. */
export function onlyCommand(statement: SceneStatement): Node | null {
  const commands = nodesAt(statement.node, 'cmds', 'AlterTableCmd');
  return statement.kind === 'AlterTableStmt' && commands.length === 1 ? (commands[0] ?? null) : null;
}

export const SEVERAL = 'The statement does several things at once: write each as a statement of its own first.';

/** The plan with one statement replaced by steps. The first of them has the id of the step that it stood in, and all have its lines. */
export function replaceStatement(plan: Plan, { phase, step, statement }: Placed, drafts: readonly Draft[]): PlanResult {
  if (step.work) return refusedForm(GONE);
  const middle = drafts.map((draft) => ({ ...draft, ...(step.source ? { source: step.source } : {}), ...(draft.searchPath ?? step.searchPath ? { searchPath: draft.searchPath ?? step.searchPath ?? [] } : {}) }));
  const parts = cutAt(plan, { ...step, undo: withoutUndoOf(step, drafts) }, statement.index, middle);
  return replaceStep(plan, phase.id, step.id, parts);
}

/** What the new steps undo themselves is not undone a second time by what is left of the old one. */
function withoutUndoOf(step: Step, drafts: readonly Draft[]): Statement[] {
  const own = new Set(drafts.flatMap((draft) => draft.undo.map(({ sql }) => plainText(sql))));
  return step.undo.filter(({ sql }) => !own.has(plainText(sql)));
}

function plainText(sql: string): string {
  return sql.toLowerCase().replaceAll(/\bif exists\b|\bpublic\.|["';]/g, '').replaceAll(/\s+/g, ' ').trim();
}

/** Text without the semicolon at its end. */
export function unended(sql: string): string {
  return sql.replace(/;\s*$/, '');
}

/** A cut at a place of the parser, which counts bytes. */
export function cutText(sql: string, from: number, to?: number): string {
  return Buffer.from(sql, 'utf8').subarray(from, to).toString('utf8');
}
