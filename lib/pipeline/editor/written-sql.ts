import { digestOf } from '../digest.ts';
import type { Hazard } from '../hazards.ts';
import type { Plan, Statement, Step } from '../plan.ts';
import type { PlanResult } from '../planner/make-plan.ts';
import type { Existing } from '../sql-facts/existing.ts';
import { factsOf } from '../sql-facts/facts-of.ts';
import { strongest } from '../sql-facts/tree.ts';
import { kindOf } from '../step-kinds/all.ts';
import { actLocks, actSql, type OutsideWork } from '../step-kinds/outside.ts';
import { firstWords, readTyped, troubleText, type TypedStatement } from './typed-sql.ts';
import { NO_WAY_BACK, refused, replaced, writtenStep } from './written.ts';

/** The SQL of a step and what takes it back, as a person typed them. */
export interface StepEdit {
  sql: string;
  undo: string;
}

/** What is known about the target when SQL is read. `major`: version of its server. */
export interface Ground {
  major: number;
  /** What its last reading says is there. */
  existing: Existing | null;
}

/** Of a target that nobody has read yet: the version of the parser. */
export const NEWEST: Ground = { major: 18, existing: null };

/** What typed SQL says about a step; the rest of the step (id, title, lines) is somebody else's. */
export type WrittenBody = Pick<Step, 'statements' | 'undo' | 'work' | 'undoWork' | 'locks' | 'rewrite' | 'hazards'>;
type BodyResult = { ok: true; body: WrittenBody } | ReturnType<typeof refused>;

interface Before extends Pick<Step, 'statements' | 'undo'> {
  searchPath?: readonly string[];
}

const NOTHING: Before = { statements: [], undo: [], searchPath: ['public'] };

/**
 * Makes a step of typed SQL: both texts are split by the real parser, and every statement must be able to run inside the step's transaction. One
 * statement alone that Postgres keeps out of transactions becomes a step outside, where the engine knows the act. Locks, rewrite and hazards are
 * read off the statements.
 * @param before the statements that the texts replace; one that was left as it is stays as it is, with its label and what it expects.
 * Refuses what does not parse (with line and column), an empty text, and what the engine cannot do outside a transaction.
 */
export async function bodyOf(edit: StepEdit, ground: Ground, before: Before = NOTHING): Promise<BodyResult> {
  const read = { ground, searchPath: before.searchPath ?? [] };
  const forward = await halfOf(edit.sql, 'The SQL', before.statements, read);
  if (!forward.ok) return forward;
  const { half } = forward;
  const dropped = await droppedIndex(edit.undo, half.work);
  const back: HalfResult = dropped ? { ok: true, half: { statements: [], work: dropped, locks: [], rewrite: false, hazards: [] } } : await halfOf(edit.undo, 'The undo SQL', before.undo, read);
  if (!back.ok) return back;
  if (half.statements.length === 0 && !half.work) return refused('invalid_input', 'The step has no statement left.');
  const reads = !half.work && half.statements.every((statement) => statement.do === 'assert');
  const oneWay = !reads && back.half.statements.length === 0 && !back.half.work && !half.hazards.some((hazard) => hazard.code === 'NOT_REVERSIBLE');
  return {
    ok: true,
    body: {
      statements: half.statements, undo: back.half.statements, ...(half.work ? { work: half.work } : {}), ...(back.half.work ? { undoWork: back.half.work } : {}),
      locks: half.locks, rewrite: half.rewrite, hazards: oneWay ? [...half.hazards, NO_WAY_BACK] : half.hazards,
    },
  };
}

interface Half extends Pick<Step, 'work' | 'locks' | 'rewrite' | 'hazards'> {
  statements: Statement[];
}

type HalfResult = { ok: true; half: Half } | ReturnType<typeof refused>;

/** DROP INDEX CONCURRENTLY of the very index that the step builds: no reading of the target knows it yet, but the step does. */
async function droppedIndex(undo: string, work: Step['work']): Promise<OutsideWork | null> {
  if (work?.kind !== 'outside' || work.act.act !== 'create_index') return null;
  const read = await readTyped(undo);
  const [only, ...more] = read.ok ? read.statements : [];
  if (!only || more.length > 0 || only.kind !== 'DropStmt' || only.node.concurrent !== true) return null;
  const { index } = work.act;
  const names = [...JSON.stringify(only.node.objects).matchAll(/"sval":("(?:[^"\\]|\\.)*")/g)].map((match) => JSON.parse(match[1] ?? '""') as string);
  const itself = names.at(-1) === index.name && (names.length === 1 || names.at(-2) === index.schema);
  return itself ? { kind: 'outside', act: { act: 'drop_index', index } } : null;
}

async function halfOf(typed: string, what: string, before: readonly Statement[], { ground, searchPath }: { ground: Ground; searchPath: readonly string[] }): Promise<HalfResult> {
  const read = await readTyped(typed);
  const facts = read.ok ? read.statements.map((one) => factsOf(one.kind, one.node, one.sql, { major: ground.major, searchPath, existing: ground.existing })) : [];
  const outside = facts.find((one) => one.outside !== null)?.outside;
  const half = { locks: strongest(facts.flatMap((one) => one.locks)), rewrite: facts.some((one) => one.rewrite), hazards: distinctHazards(facts.flatMap((one) => one.hazards)) };
  if (outside?.act && facts.length === 1) return { ok: true, half: { ...half, statements: [], work: { kind: 'outside', act: outside.act }, locks: actLocks(outside.act) } };
  if (outside?.act) return refused('does_not_parse', `${what} uses ${outside.word}, which cannot run inside a transaction: give it a step of its own.`);
  const split = await statementsOf(typed, what, before);
  return split.ok ? { ok: true, half: { ...half, statements: split.statements } } : split;
}

function distinctHazards(hazards: readonly Hazard[]): Hazard[] {
  return hazards.filter((hazard, at) => hazards.findIndex((one) => one.code === hazard.code && one.sentence === hazard.sentence) === at);
}

/**
 * The plan with the SQL of a step of a written phase replaced. A step that was open becomes what was typed instead. Text that says what the
 * step says already gives the plan back as it is.
 */
export async function writeStep(plan: Plan, phaseId: string, stepId: string, edit: StepEdit, ground: Ground = NEWEST): Promise<PlanResult> {
  const found = writtenStep(plan, phaseId, stepId);
  if (!found.ok) return found;
  const { phase, step } = found;
  const kind = kindOf(step);
  if (kind !== 'sql' && kind !== 'open' && kind !== 'outside') return refused('not_editable', `“${step.title}” is no SQL that could be edited.`);
  const written = await bodyOf(edit, ground, step);
  if (!written.ok) return written;
  const { body } = written;
  if (said(body) === said(step)) return { ok: true, plan };
  const { work: _work, undoWork: _undoWork, undoLocks: _undoLocks, ...rest } = step;
  return replaced(plan, phase, { ...rest, ...body });
}

function said(one: Pick<Step, 'statements' | 'undo' | 'work' | 'undoWork'>): string {
  return digestOf([one.statements, one.undo, one.work ?? null, one.undoWork ?? null]);
}

/** The SQL of a step as a person edits it: the statements one after another, forward and back. */
export function typedText(step: Pick<Step, 'statements' | 'undo' | 'work' | 'undoWork'>): StepEdit {
  return { sql: typedHalf(step.statements, step.work), undo: typedHalf(step.undo, step.undoWork) };
}

function typedHalf(statements: readonly Statement[], work: Step['work']): string {
  if (work?.kind === 'outside') return `${actSql(work.act)};`;
  if (work?.kind === 'open') return work.text;
  return statements.map((statement) => statement.sql.trim().replace(/;?$/, ';')).join('\n\n');
}

type Split = { ok: true; statements: Statement[] } | ReturnType<typeof refused>;

/** Typed text as statements of a transaction; `before`: what stood there. */
export async function statementsOf(typed: string, what: string, before: readonly Statement[]): Promise<Split> {
  const read = await readTyped(typed);
  if (!read.ok) return refused('does_not_parse', `${what} does not parse: ${troubleText(read.trouble)}.`);
  const outside = read.statements.find((one) => one.outside !== null);
  if (outside) return refused('does_not_parse', `${what} uses ${outside.outside}, which cannot run inside the step's transaction.`);
  const same = read.statements.map((one) => before.find((statement) => bare(statement.sql) === one.sql));
  // A check whose question was edited goes on expecting what it did: a changed question is a reason to look at the answer, not to lose it.
  const loose = before.filter((statement) => statement.do === 'assert' && !same.includes(statement));
  return { ok: true, statements: read.statements.map((one, index): Statement => same[index] ?? madeOf(one, loose)) };
}

function madeOf(one: TypedStatement, loose: Statement[]): Statement {
  const label = firstWords(one.sql);
  const asked = one.kind === 'SelectStmt' ? loose.shift() : undefined;
  if (asked?.do === 'assert') return { ...asked, label, sql: one.sql };
  return { do: 'execute', label, sql: one.sql };
}

function bare(sql: string): string {
  return sql.trim().replace(/;$/, '');
}

/** What takes a text back, the last statement first, where that follows from every statement alone; null where it does not for one of them. */
export async function inverseOf(typed: string, ground: Ground = NEWEST): Promise<string | null> {
  const read = await readTyped(typed);
  if (!read.ok || read.statements.length === 0) return null;
  const facts = read.statements.map((one) => factsOf(one.kind, one.node, one.sql, { major: ground.major, searchPath: ['public'], existing: ground.existing }));
  const acting = facts.filter((one) => !one.reads);
  const inverses = acting.flatMap((one) => one.inverse ?? []);
  return acting.length > 0 && inverses.length === acting.length ? inverses.toReversed().map((sql) => `${sql};`).join('\n') : null;
}
