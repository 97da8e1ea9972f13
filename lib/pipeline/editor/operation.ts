import type { Plan, Step } from '../plan.ts';
import type { PlanResult } from '../planner/make-plan.ts';
import { asked, expectOf, saidOf } from './expectation.ts';
import { addPhase, movePhase, removePhase, renamePhase, setDue } from './phases.ts';
import { reread } from './reread.ts';
import { type Beside, duplicateStep, insertStep, instruct, joinWithNext, moveStep, moveStepToPhase, removeStep, renameStep, splitStep } from './steps.ts';
import { readTyped, troubleText, firstWords } from './typed-sql.ts';
import { bodyOf, type Ground, NEWEST } from './written-sql.ts';
import { refused } from './written.ts';

/** The step that a person adds. Only what its kind asks for is read. */
export type NewStep =
  | { kind: 'sql'; title: string; sql: string; undo: string }
  | { kind: 'verification'; title: string; sql: string; expect: 'value' | 'rows' | 'any'; value: string }
  | { kind: 'manual'; title: string; instruction: string; command: string };

/** One thing that an author does to a plan; each makes a version. */
export type Operation = { phaseId: string } & (
  | { operation: 'insert_step'; beside: Beside; step: NewStep }
  | { operation: 'remove_step' | 'duplicate_step' | 'join_step'; stepId: string }
  | { operation: 'split_step'; stepId: string; count: number; title: string }
  | { operation: 'move_step'; stepId: string; to: 'up' | 'down' }
  | { operation: 'move_step_to_phase'; stepId: string; toPhaseId: string }
  | { operation: 'rename_step'; stepId: string; title: string }
  | { operation: 'instruct_step'; stepId: string; instruction: string; command: string }
  | { operation: 'expect'; stepId: string; statement: number; expect: 'value' | 'rows' | 'any'; value: string }
  | { operation: 'add_phase'; title: string }
  | { operation: 'rename_phase'; title: string; summary: string }
  | { operation: 'remove_phase' }
  | { operation: 'move_phase'; to: 'up' | 'down' }
  | { operation: 'set_due'; hours: number | null }
);

/** Carries an operation out. Pure; the refusal says why not, for a person. */
export async function operate(plan: Plan, one: Operation, ground: Ground = NEWEST): Promise<PlanResult> {
  const result = await carriedOut(plan, one, ground);
  return result.ok ? { ok: true, plan: await reread(plan, result.plan, ground) } : result;
}

async function carriedOut(plan: Plan, one: Operation, ground: Ground): Promise<PlanResult> {
  switch (one.operation) {
    case 'insert_step': {
      const draft = await draftOf(one.step, ground);
      return draft.ok ? insertStep(plan, one.phaseId, one.beside, draft.step) : draft;
    }
    case 'remove_step': return removeStep(plan, one.phaseId, one.stepId);
    case 'duplicate_step': return duplicateStep(plan, one.phaseId, one.stepId);
    case 'join_step': return joinWithNext(plan, one.phaseId, one.stepId);
    case 'split_step': return splitStep(plan, one.phaseId, one.stepId, one.count, one.title);
    case 'move_step': return moveStep(plan, one.phaseId, one.stepId, one.to);
    case 'move_step_to_phase': return moveStepToPhase(plan, one.phaseId, one.stepId, one.toPhaseId);
    case 'rename_step': return renameStep(plan, one.phaseId, one.stepId, one.title);
    case 'instruct_step': return instruct(plan, one.phaseId, one.stepId, one.instruction, one.command);
    case 'expect': {
      const said = saidOf(one.expect, one.value);
      return said.ok ? expectOf(plan, one.phaseId, one.stepId, one.statement, said.said) : said;
    }
    case 'add_phase': return addPhase(plan, one.title, one.phaseId);
    case 'rename_phase': return renamePhase(plan, one.phaseId, one.title, one.summary);
    case 'remove_phase': return removePhase(plan, one.phaseId);
    case 'move_phase': return movePhase(plan, one.phaseId, one.to);
    case 'set_due': return setDue(plan, one.phaseId, one.hours);
  }
}

/** Names without a schema in what people write are looked for here. */
const SEARCH_PATH = ['public'] as const;

async function draftOf(typed: NewStep, ground: Ground): Promise<{ ok: true; step: Omit<Step, 'id'> } | ReturnType<typeof refused>> {
  const plain = { title: typed.title, undo: [], locks: [], rewrite: false, hazards: [], editable: true } as const;
  if (typed.kind === 'manual') {
    if (typed.instruction.trim() === '') return refused('invalid_input', 'Say what the person is to do.');
    const command = typed.command.trim();
    return { ok: true, step: { ...plain, statements: [], work: { kind: 'manual', instruction: typed.instruction.trim(), ...(command === '' ? {} : { command }) } } };
  }
  if (typed.kind === 'verification') return verificationOf(typed, plain);
  const written = await bodyOf(typed, ground);
  return written.ok ? { ok: true, step: { ...plain, ...written.body, searchPath: SEARCH_PATH } } : written;
}

async function verificationOf(typed: Extract<NewStep, { kind: 'verification' }>, plain: Omit<Step, 'id' | 'statements'>): Promise<{ ok: true; step: Omit<Step, 'id'> } | ReturnType<typeof refused>> {
  const read = await readTyped(typed.sql);
  if (!read.ok) return refused('does_not_parse', `The SQL does not parse: ${troubleText(read.trouble)}.`);
  const [only, ...more] = read.statements;
  if (!only || more.length > 0 || only.kind !== 'SelectStmt') return refused('invalid_input', 'A verification is one SELECT: it reads, and what it answers is compared.');
  const said = saidOf(typed.expect, typed.value);
  if (!said.ok) return said;
  return { ok: true, step: { ...plain, statements: [{ do: 'assert', label: firstWords(only.sql), ...asked(only.sql, said.said) }], searchPath: SEARCH_PATH } };
}

/** What was done, as the reason of the version: `Step 3 of “Tables”, “Copy the rows”, was split in two.` Numbers are those before it. */
export function operationSentence(before: Plan, one: Operation): string {
  const phase = before.phases.find((each) => each.id === one.phaseId);
  const inPhase = `“${phase?.title ?? one.phaseId}”`;
  const step = 'stepId' in one ? stepName(before, one.phaseId, one.stepId) : '';
  switch (one.operation) {
    case 'insert_step': return `The step “${one.step.title.trim()}” was added to ${inPhase}.`;
    case 'remove_step': return `${step} was taken out.`;
    case 'duplicate_step': return `${step} was duplicated.`;
    case 'join_step': return `${step} was joined with the next.`;
    case 'split_step': return `${step} was split in two behind its ${ordinal(one.count)} statement.`;
    case 'move_step': return `${step} moved one place ${one.to}.`;
    case 'move_step_to_phase': return `${step} moved to “${before.phases.find((each) => each.id === one.toPhaseId)?.title ?? one.toPhaseId}”.`;
    case 'rename_step': return `${step} is now called “${one.title.trim()}”.`;
    case 'instruct_step': return `${step} asks for something else.`;
    case 'expect': return `${step} now says what must come out.`;
    case 'add_phase': return `The phase “${one.title.trim()}” was added.`;
    case 'rename_phase': return `${inPhase} is now called “${one.title.trim()}”.`;
    case 'remove_phase': return `The phase ${inPhase} was taken out.`;
    case 'move_phase': return `The phase ${inPhase} moved one place ${one.to}.`;
    case 'set_due': return one.hours === null ? `${inPhase} may run at any time.` : `${inPhase} waits for ${one.hours} hours.`;
  }
}

function stepName(plan: Plan, phaseId: string, stepId: string): string {
  const phase = plan.phases.find((each) => each.id === phaseId);
  const at = phase?.steps.findIndex((step) => step.id === stepId) ?? -1;
  return `Step ${at + 1} of “${phase?.title ?? phaseId}”, “${phase?.steps[at]?.title ?? stepId}”,`;
}

function ordinal(count: number): string {
  const word = ['', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth'][count];
  return word ?? `${count}th`;
}
