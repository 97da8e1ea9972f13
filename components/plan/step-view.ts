import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanPageDto } from '#lib/dal/dto/plan.ts';
import type { RehearsedStepDto } from '#lib/dal/dto/rehearsal.ts';
import type { Hazard } from '#lib/pipeline/hazards.ts';
import type { Assertion, Step } from '#lib/pipeline/plan.ts';
import type { Work } from '#lib/pipeline/step-kinds/all.ts';
import type { ToolsOf } from './editing/step-tools.tsx';
import { tableText } from './table-text.ts';
import { sourceText } from './written-step.tsx';

/** What a page says of a step without its SQL. There may be hundreds, so each goes to the browser as these values, and not as the elements that show them. */
export interface StepView {
  id: string;
  number: number;
  title: string;
  /** By mode, the tables as a person reads them. */
  locks: readonly { mode: string; tables: string }[];
  /** `rewrites the table`, how it is carried out and proved, which lines it was read from. */
  notes: readonly string[];
  hazards: readonly Hazard[];
  /** What is shown as it stands: for a person to do, or open. */
  work: Work | null;
  undoWork: Work | null;
  /** What people's own step asks, and what must come out. */
  asked: readonly Pick<Assertion, 'label' | 'expect'>[];
  /** Nobody has said what must come out of one of its questions. */
  unsaid: boolean;
  rehearsed: { of: RehearsedStepDto; outdated: boolean } | null;
  /** How much is sent, `3 statements`; null: nothing to open. */
  sql: string | null;
  /** Anything is sent at all. */
  sends: boolean;
  undo: string | null;
  /** Why there is no undo; null: there is one. */
  withoutUndo: string | null;
  /** What an author may do to it; null: nothing. */
  tools: { sql: boolean; more: ToolsOf | null } | null;
  /** The first thread that is open about it, and how many there are. */
  said: { first: string; threads: number } | null;
}

/** @param editable an author looks at a phase that may still change. */
export function stepViews(plan: PlanPageDto, dto: PhaseDto, editable: boolean): StepView[] {
  return dto.phase.steps.map((step, index) => viewOf(plan, dto, step, index, editable));
}

function viewOf(plan: PlanPageDto, dto: PhaseDto, step: Step, index: number, editable: boolean): StepView {
  const paper = dto.papers[step.id];
  const sent = sentOf(step.work, paper?.sql ?? step.statements);
  const last = plan.rehearsal.last;
  const rehearsed = last?.steps[step.id];
  return {
    id: step.id, number: index + 1, title: step.title, hazards: step.hazards,
    locks: [...Map.groupBy(step.locks, (lock) => lock.mode)].map(([mode, claims]) => ({ mode, tables: claims.map((claim) => tableText(claim.table)).join(', ') })),
    notes: notesOf(step, paper?.how ?? '', sourceText(step, plan.plan.origin)),
    work: shownWork(step.work), undoWork: shownWork(step.undoWork),
    asked: step.searchPath ? step.statements.flatMap((statement) => (statement.do === 'assert' ? [{ label: statement.label, expect: statement.expect }] : [])) : [],
    unsaid: step.statements.some((statement) => statement.do === 'assert' && statement.expect.from === 'unsaid'),
    rehearsed: rehearsed ? { of: rehearsed, outdated: last?.outdated !== null } : null,
    sql: sent.length === 0 && step.work ? null : statementCount(sent), sends: sent.length > 0,
    undo: paper?.undo ? undoSummary(step, paper.undo) : null,
    withoutUndo: paper?.undo ? null : withoutUndo(step, dto.phase.steps.slice(0, index)),
    tools: editable && step.editable ? { sql: hasText(step), more: dto.phase.kind === 'written' ? toolsOf(step, index, index === dto.phase.steps.length - 1) : null } : null,
    said: saidOf(plan, step),
  };
}

/** Its SQL is a text that people edit. */
function hasText({ work }: Step): boolean {
  return work === undefined || work.kind === 'open' || work.kind === 'outside';
}

function notesOf(step: Step, how: string, source: string | null): string[] {
  return [...(step.rewrite ? ['rewrites the table'] : []), ...(step.isolation ? [step.isolation] : []), how, ...(source === null ? [] : [source])];
}

function shownWork(work: Work | undefined): Work | null {
  return work?.kind === 'manual' || work?.kind === 'open' ? work : null;
}

/** Commands and open texts are shown as what they are, and not as SQL. */
function sentOf(work: Step['work'], sql: readonly { label: string; sql: string }[]): readonly { label: string; sql: string }[] {
  if (work?.kind === 'open') return [];
  return work?.kind === 'manual' ? sql.filter((one) => one.sql !== work.command) : sql;
}

function undoSummary(step: Step, sql: readonly { label: string; sql: string }[]): string {
  const sent = sentOf(step.undoWork, sql);
  if (step.undoWork?.kind !== 'manual') return statementCount(sent);
  return sent.length === 0 ? 'by a person' : `by a person, then ${statementCount(sent)}`;
}

function withoutUndo(step: Step, earlier: readonly Step[]): string {
  if (step.work?.kind === 'open') return 'No undo: nobody knows yet what it does.';
  if (step.work?.kind === 'manual') return 'No undo: what a person did is not taken back by a rollback.';
  if (step.hazards.some((hazard) => hazard.code === 'NOT_REVERSIBLE')) return 'No undo: this step cannot be taken back.';
  const changes = step.work !== undefined || step.statements.some((statement) => statement.do === 'execute');
  // Rows copied into a table, or an index on it, go with the table.
  if (changes && earlier.some((one) => one.undo.length > 0 || one.undoWork)) return 'No undo of its own: what it does goes when the steps before it are taken back.';
  return 'No undo needed: the step changes nothing that must come back.';
}

function statementCount(statements: readonly unknown[]): string {
  return `${statements.length} ${statements.length === 1 ? 'statement' : 'statements'}`;
}

function toolsOf(step: Step, index: number, last: boolean): ToolsOf {
  const { work } = step;
  return {
    id: step.id, number: index + 1, title: step.title, last,
    kind: work === undefined ? 'sql' : work.kind === 'manual' ? 'manual' : 'other',
    statements: step.statements.map((statement) => statement.label.slice(0, 80)),
    asks: step.statements.flatMap((statement, at) => (statement.do === 'assert' ? [at] : [])),
    manual: work?.kind === 'manual' ? { instruction: work.instruction, command: work.command ?? '' } : null,
  };
}

function saidOf(plan: PlanPageDto, step: Step): StepView['said'] {
  const threads = plan.talk.threads.filter((thread) => thread.settled === null && thread.stepId === step.id);
  return threads[0] ? { first: threads[0].id, threads: threads.length } : null;
}
