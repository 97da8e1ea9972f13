import type { Delta } from './diff.ts';
import { sameAttribute } from './diff.ts';
import { kindLabel } from './kinds/all.ts';
import type { Assertion, DecisionVerdict, Phase, Plan, Statement, Step } from './plan.ts';
import { parseObjectId, type Attribute } from './snapshot.ts';
import type { PhaseStanding } from './standing.ts';
import { kindOf } from './step-kinds/all.ts';
import { counted, listed } from './words.ts';

/** equal: nothing undecided differs. differs: something does. failed: a step did not work on the empty clone. refused: not begun. superseded: a newer version came. */
export type DraftState = 'queued' | 'running' | 'equal' | 'differs' | 'failed' | 'refused' | 'superseded';
export type DraftVerdict = Extract<DraftState, 'equal' | 'differs' | 'failed'>;
export const DRAFT_VERDICTS: readonly DraftVerdict[] = ['equal', 'differs', 'failed'];

/**
 * Why an object differs after the plan. decided: a person has answered that difference. brought: it was not so before, the plan makes it. unsettled: the plan
 * was made for it, and it is still there. left: it was there before and the plan has nothing to do with it.
 */
export type DraftCause = 'decided' | 'brought' | 'unsettled' | 'left';

export interface DraftDifference {
  deltaId: string;
  change: Delta['change'];
  objectId: string;
  /** ObjectId of the table (or the object itself) under which Compare shows it. */
  group: string;
  cause: DraftCause;
  /** The attributes that differ, as a person reads them: what would be, and what is wanted. */
  attributes: readonly { name: string; made: string; wanted: string }[];
  /** Of a decided one. */
  verdict?: DecisionVerdict;
}

/** manual, open: for people. dump: it changes nothing. rows: it needs rows, which an empty clone does not have. rights: it needs more rights than anybody has on the scratch server. kept: it works on what phases that stand keep aside, which is not rebuilt. */
export type PassedWhy = 'manual' | 'open' | 'dump' | 'rows' | 'rights' | 'kept';
export interface PassedStep {
  phase: string;
  step: string;
  title: string;
  why: PassedWhy;
}

/** What is kept of a check. */
export interface DraftChecked {
  stage: string;
  /** Ids of the phases that stood already: it began behind them, at the target as it was then. Absent: none. */
  standing?: readonly string[];
  /** The reading of the target that was rebuilt, and the reading that it was compared with. */
  target: { fingerprint: string; takenAt: string } | null;
  desired: { fingerprint: string; takenAt: string } | null;
  /** The step that did not work. */
  broken: { phase: string; step: string; title: string; sentence: string } | null;
  passed: readonly PassedStep[];
  counts: Readonly<Record<DraftCause, number>>;
  /** The first of them, what matters most first. */
  differences: readonly DraftDifference[];
  /** What could not be compared, in sentences. */
  unread: readonly string[];
}

const NO_COUNTS: DraftChecked['counts'] = { decided: 0, brought: 0, unsettled: 0, left: 0 };
export const NOTHING_CHECKED: DraftChecked = { stage: 'waiting for a worker', target: null, desired: null, broken: null, passed: [], counts: NO_COUNTS, differences: [], unread: [] };

const DIFFERENCES_MOST = 300;
const VALUE_MOST = 300;
const CAUSES: readonly DraftCause[] = ['brought', 'unsettled', 'left', 'decided'];

/**
 * What a check has to carry out: the phases that do not stand, on the target as it is with the others.
 * @returns the ids of both, or why no such beginning is known.
 */
export function restToCheck(phases: readonly Pick<Phase, 'id' | 'title'>[], standings: ReadonlyMap<string, Pick<PhaseStanding, 'state'>>): { standing: readonly string[]; rest: readonly string[] } | { not: string } {
  const stateOf = ({ id }: Pick<Phase, 'id'>) => standings.get(id)?.state ?? 'pending';
  const running = phases.find((phase) => stateOf(phase) === 'running');
  if (running) return { not: `“${running.title}” is running: the draft can be checked when the run has ended.` };
  const partial = phases.find((phase) => stateOf(phase) === 'partial');
  if (partial) return { not: `“${partial.title}” ended in the middle, and a draft check begins behind whole phases. Roll it back, or go on after what stands; then check again.` };
  const [standing, rest] = [phases.filter((phase) => STANDS.has(stateOf(phase))), phases.filter((phase) => !STANDS.has(stateOf(phase)))];
  if (rest.length === 0) return { not: 'Every phase of this plan has been applied: compare the two sides instead.' };
  return { standing: standing.map(({ id }) => id), rest: rest.map(({ id }) => id) };
}

const STANDS: ReadonlySet<string> = new Set(['applied', 'deviated']);

/** What of a step is carried out on a clone without rows: the step, or why it is passed over. */
export function draftStep(phase: Pick<Phase, 'kind'>, step: Step): { run: Step } | { pass: PassedWhy } {
  const kind = kindOf(step);
  if (kind === 'manual' || kind === 'open') return { pass: kind };
  if (kind === 'dump' || kind === 'restore_test') return { pass: 'dump' };
  // What people expect of an answer is mostly a number of rows: the question must be possible, and its answer says nothing here.
  if (phase.kind !== 'written') return { run: step };
  const work = step.work?.kind === 'batches' ? { work: { ...step.work, after: step.work.after.map(onlyAsked) } } : {};
  return { run: { ...step, statements: step.statements.map(onlyAsked), ...work } };
}

function onlyAsked(statement: Statement): Statement {
  return statement.do === 'assert' ? { ...statement, expect: { from: 'any' } satisfies Assertion['expect'] } : statement;
}

/** The step without the statements that `drop` names by their text; null when nothing else is left, when it has none of them, or when it is no step of statements alone. */
export function stepWithout(step: Step, drop: (sql: string) => boolean): Step | null {
  if (kindOf(step) !== 'sql') return null;
  const statements = step.statements.filter((statement) => !drop(statement.sql));
  return statements.length === step.statements.length || statements.every((statement) => statement.do === 'assert') ? null : { ...step, statements };
}

/**
 * What differs after the plan, and why.
 * @param before the differences between the target and the desired side, `after` those between what the plan made and the desired side; both without noise.
 * @param verdicts answers of people, by id of the difference.
 */
export function draftDifferences(before: readonly Delta[], after: readonly Delta[], plan: Pick<Plan, 'deltaIds'>, verdicts: ReadonlyMap<string, DecisionVerdict>): Pick<DraftChecked, 'counts' | 'differences'> {
  const was = new Map(before.map((delta) => [delta.id, delta]));
  const meant = new Set(plan.deltaIds);
  const counts = { ...NO_COUNTS };
  const differences = after.map((delta): DraftDifference => {
    const verdict = verdicts.get(delta.id);
    const cause = verdict !== undefined ? 'decided' : meant.has(delta.id) ? 'unsettled' : isSame(was.get(delta.id), delta) ? 'left' : 'brought';
    counts[cause] += 1;
    return {
      deltaId: delta.id, change: delta.change, objectId: delta.objectId, group: delta.group, cause,
      attributes: delta.attributes.map(({ name, current, desired }) => ({ name, made: shown(current), wanted: shown(desired) })), ...(verdict === undefined ? {} : { verdict }),
    };
  });
  return { counts, differences: differences.toSorted((a, b) => CAUSES.indexOf(a.cause) - CAUSES.indexOf(b.cause)).slice(0, DIFFERENCES_MOST) };
}

function isSame(before: Delta | undefined, after: Delta): boolean {
  return before !== undefined && before.attributes.length === after.attributes.length && before.attributes.every((attribute, index) => attribute.name === after.attributes[index]?.name && sameAttribute(attribute.current, after.attributes[index].current));
}

function shown(value: Attribute): string {
  const text = value === null ? '–' : typeof value === 'boolean' ? (value ? 'yes' : 'no') : Array.isArray(value) ? value.join(', ') : String(value);
  return text.length > VALUE_MOST ? `${text.slice(0, VALUE_MOST)}…` : text;
}

/** How a check that came to its end ended, in a word and a sentence. */
export function draftVerdict(plan: Pick<Plan, 'target' | 'phases' | 'keepSchema'>, desired: string, { broken, counts, standing = [], passed }: Pick<DraftChecked, 'broken' | 'counts' | 'standing' | 'passed'>): { state: DraftVerdict; sentence: string } {
  if (broken) {
    const number = plan.phases.findIndex((phase) => phase.id === broken.phase) + 1;
    return { state: 'failed', sentence: `On an empty clone of ${plan.target}${standing.length > 0 ? ' as it is now' : ''} this plan stops in phase ${number}, step “${broken.title}”: ${broken.sentence}` };
  }
  const { decided } = counts;
  const after = standing.length > 0 ? `After the rest of this plan, ${phasesText(plan.phases.flatMap(({ id }, at) => (standing.includes(id) ? [] : [at + 1])))},` : 'After this plan';
  const rest = passedText(passed, plan.keepSchema);
  const open = counts.brought + counts.unsettled + counts.left;
  if (open === 0) return { state: 'equal', sentence: `${after} ${plan.target} equals ${desired}${decided === 0 ? '.' : ` except for ${differencesText(decided)} that people decided on.`}${rest}` };
  const causes = [
    ...(counts.brought > 0 ? [`${counts.brought} that it brings itself`] : []),
    ...(counts.unsettled > 0 ? [`${counts.unsettled} that it was made for and does not settle`] : []),
    ...(counts.left > 0 ? [`${counts.left} that it does not cover`] : []),
  ];
  const first = causes.length === 1 ? ` ${causes[0]?.replace(/^\d+ /, '')}` : `: ${causes.join(', ')}`;
  return { state: 'differs', sentence: `${after} ${plan.target} equals ${desired} except for ${differencesText(open)}${first}.${decided === 0 ? '' : ` ${decided} more ${decided === 1 ? 'was' : 'were'} decided.`}${rest}` };
}

/** What the sentence before leaves out: whoever reads it alone would take it for the whole plan. Dumps change nothing, and rows are no part of a schema. */
function passedText(passed: DraftChecked['passed'], keepSchema: string): string {
  const people = passed.filter(({ why }) => why === 'manual' || why === 'open').length;
  const kept = passed.filter(({ why }) => why === 'kept').length;
  return [
    ...(people > 0 ? [` Not in this: ${counted(people, 'step', 'steps')} that ${people === 1 ? 'is' : 'are'} open or a person’s to do.`] : []),
    ...(kept > 0 ? [` What applied phases keep aside in ${keepSchema} still stands and is not compared: ${counted(kept, 'step', 'steps')} over it ${kept === 1 ? 'was' : 'were'} not tried.`] : []),
  ].join('');
}

/** `phase 3`; `phases 3 and 4`. */
function phasesText(numbers: readonly number[]): string {
  return `${numbers.length === 1 ? 'phase' : 'phases'} ${listed(numbers.map(String))}`;
}

function differencesText(count: number): string {
  return `${count} ${count === 1 ? 'difference' : 'differences'}`;
}

/** `column exports.note: only in bazaar_dev`. */
export function draftDifferenceText({ objectId, change }: Pick<DraftDifference, 'objectId' | 'change'>, desired: string): { what: string; how: string } {
  const { kind, path } = parseObjectId(objectId);
  const how = { add: `missing, ${desired} has it`, remove: `there, ${desired} does not have it`, change: 'different' }[change];
  return { what: `${kindLabel(kind as Parameters<typeof kindLabel>[0], 1)} ${path.join('.')}`, how };
}

/**
 * Why a check says nothing about the plan any more; null when it does.
 * @param now the version of the plan, the newest readings of both sides, and the ids of the phases that stand or run.
 */
export function draftOutdated(check: { version: number; desired: string; content: Pick<DraftChecked, 'target' | 'desired' | 'standing'> }, now: { version: number; desired: string | null; targetFingerprint: string | null; desiredFingerprint: string | null; standing: readonly string[] }): string | null {
  if (check.version !== now.version) return `It was of version ${check.version}; the plan is at version ${now.version}.`;
  if (now.desired !== null && check.desired !== now.desired) return `It was made with ${check.desired}.`;
  const stood = check.content.standing ?? [];
  if (now.standing.some((id) => !stood.includes(id))) return 'A phase of this plan has been run since.';
  if (stood.some((id) => !now.standing.includes(id))) return 'A phase of this plan has been rolled back since.';
  if (moved(check.content.target, now.targetFingerprint)) return 'The target has another schema since.';
  return moved(check.content.desired, now.desiredFingerprint) ? `${check.desired} has another schema since.` : null;
}

function moved(was: { fingerprint: string } | null, is: string | null): boolean {
  return was !== null && is !== null && was.fingerprint !== is;
}
