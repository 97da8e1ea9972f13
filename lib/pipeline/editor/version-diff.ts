import { digestOf } from '../digest.ts';
import type { Phase, Plan, Statement, Step } from '../plan.ts';
import { paperOf } from '../step-kinds/all.ts';

export type Change = 'added' | 'removed' | 'moved' | 'changed';

/** A text of both versions; null where a version has none. */
export interface TextChange {
  what: 'SQL' | 'Undo' | 'Instruction';
  before: string | null;
  after: string | null;
}

export interface StepChange {
  id: string;
  title: string;
  /** Its place in the newer version, from 1; of a removed step that in the older. */
  number: number;
  changes: readonly Change[];
  /** What is different beside its texts, in words. */
  said: readonly string[];
  texts: readonly TextChange[];
}

export interface PhaseChange {
  id: string;
  title: string;
  number: number;
  changes: readonly Change[];
  said: readonly string[];
  steps: readonly StepChange[];
}

/** What a version of a plan says that the one before it did not, phases and steps in the order of the newer; what was removed stands last. Pure. */
export function versionDiff(before: Plan, after: Plan): PhaseChange[] {
  const moved = movedIds(before.phases.map(idOf), after.phases.map(idOf));
  const removed = before.phases.filter((phase) => !after.phases.some((one) => one.id === phase.id));
  return [
    ...after.phases.flatMap((phase, at) => phaseChange({ before, after }, phase, at, moved)),
    ...removed.map((phase): PhaseChange => ({ id: phase.id, title: phase.title, number: before.phases.indexOf(phase) + 1, changes: ['removed'], said: [], steps: phase.steps.flatMap((step, at) => (stepElsewhere(after, step.id) ? [] : [goneStep(step, at)])) })),
  ];
}

interface Versions {
  before: Plan;
  after: Plan;
}

function phaseChange(plans: Versions, after: Phase, at: number, moved: ReadonlySet<string>): PhaseChange[] {
  const before = plans.before.phases.find((one) => one.id === after.id);
  const head = { id: after.id, title: after.title, number: at + 1 };
  if (!before) return [{ ...head, changes: ['added'], said: [], steps: after.steps.map((step, index) => cameStep(step, index, stepElsewhere(plans.before, step.id))) }];
  const said = phaseSaid(before, after);
  const steps = stepChanges(before, after, plans);
  const changes: Change[] = [...(moved.has(after.id) ? ['moved' as const] : []), ...(said.length > 0 || steps.length > 0 ? ['changed' as const] : [])];
  return changes.length === 0 ? [] : [{ ...head, changes, said, steps }];
}

function phaseSaid(before: Phase, after: Phase): string[] {
  const said: string[] = [];
  if (before.title !== after.title) said.push(`Its title was “${before.title}”.`);
  if (before.summary !== after.summary) said.push(`Its summary was “${before.summary}”`);
  if (digestOf(before.due) !== digestOf(after.due)) said.push(after.due === null ? 'It may run at any time now.' : `It waits for ${after.due.hours} h${before.due === null ? '' : `, before that for ${before.due.hours} h`}.`);
  if (digestOf(before.requires) !== digestOf(after.requires)) said.push('Other phases must stand before it.');
  if (digestOf(before.orphanDecisions) !== digestOf(after.orphanDecisions)) said.push('The decisions on rows without a parent are others.');
  if (digestOf(before.overlapDecisions ?? {}) !== digestOf(after.overlapDecisions ?? {})) said.push('The decisions on tables that go are others.');
  if (digestOf(before.findingDecisions ?? {}) !== digestOf(after.findingDecisions ?? {})) said.push('Other findings are let stand.');
  if (digestOf([before.checks, before.touches, before.price]) !== digestOf([after.checks, after.touches, after.price])) said.push('Other things are measured before it.');
  if (digestOf([before.verifications, before.expects ?? null]) !== digestOf([after.verifications, after.expects ?? null])) said.push('Other things are verified after it.');
  if (before.destructive !== after.destructive) said.push(after.destructive ? 'It takes rows away now.' : 'It takes no rows away any more.');
  if (before.pointOfNoReturn !== after.pointOfNoReturn) said.push(after.pointOfNoReturn ? 'There is no way back behind it now.' : 'There is a way back behind it now.');
  return said;
}

function stepChanges(before: Phase, after: Phase, plans: Versions): StepChange[] {
  const moved = movedIds(before.steps.map(idOf), after.steps.map(idOf));
  // What another phase has now is told there.
  const gone = before.steps.filter((step) => !stepElsewhere(plans.after, step.id));
  return [
    ...after.steps.flatMap((step, at): StepChange[] => {
      const old = before.steps.find((one) => one.id === step.id);
      if (!old) return [cameStep(step, at, stepElsewhere(plans.before, step.id))];
      const texts = textChanges(old, step);
      const said = stepSaid(old, step);
      const changes: Change[] = [...(moved.has(step.id) ? ['moved' as const] : []), ...(texts.length > 0 || said.length > 0 ? ['changed' as const] : [])];
      return changes.length === 0 ? [] : [{ id: step.id, title: step.title, number: at + 1, changes, said, texts }];
    }),
    ...gone.map((step) => goneStep(step, before.steps.indexOf(step))),
  ];
}

/** New in its phase; when another phase had it, it has moved and its text is only told where it differs. */
function cameStep(step: Step, at: number, elsewhere: { phase: Phase; step: Step } | null): StepChange {
  const head = { id: step.id, title: step.title, number: at + 1 };
  if (!elsewhere) return { ...head, changes: ['added'], said: [], texts: textChanges(null, step) };
  const texts = textChanges(elsewhere.step, step);
  return { ...head, changes: texts.length > 0 ? ['moved', 'changed'] : ['moved'], said: [`It came from “${elsewhere.phase.title}”.`, ...stepSaid(elsewhere.step, step)], texts };
}

function goneStep(step: Step, at: number): StepChange {
  return { id: step.id, title: step.title, number: at + 1, changes: ['removed'], said: [], texts: textChanges(step, null) };
}

function stepElsewhere(plan: Plan, id: string): { phase: Phase; step: Step } | null {
  for (const phase of plan.phases) {
    const step = phase.steps.find((one) => one.id === id);
    if (step) return { phase, step };
  }
  return null;
}

function stepSaid(before: Step, after: Step): string[] {
  const said: string[] = [];
  if (before.title !== after.title) said.push(`Its title was “${before.title}”.`);
  if (digestOf(expectations(before)) !== digestOf(expectations(after))) said.push('What must come out of it is something else.');
  if (digestOf(before.locks) !== digestOf(after.locks) || before.rewrite !== after.rewrite) said.push('It locks or rewrites something else.');
  if (digestOf(before.hazards) !== digestOf(after.hazards)) said.push('Its risks are others.');
  return said;
}

function expectations(step: Step): unknown {
  return step.statements.map((statement) => (statement.do === 'assert' ? statement.expect : null)).filter((expect) => expect !== null);
}

function textChanges(before: Step | null, after: Step | null): TextChange[] {
  const texts: TextChange[] = [
    { what: 'Instruction', before: before && instructionOf(before), after: after && instructionOf(after) },
    { what: 'SQL', before: before && forward(before), after: after && forward(after) },
    { what: 'Undo', before: before && back(before), after: after && back(after) },
  ];
  return texts.filter((text) => (text.before ?? '') !== (text.after ?? ''));
}

function instructionOf({ work }: Step): string | null {
  return work?.kind === 'manual' ? work.instruction : null;
}

function forward(step: Step): string {
  return joined(paperOf(step).sql(step));
}

function back(step: Step): string {
  const undone = paperOf(step).undone(step);
  return undone ? joined(paperOf(undone).sql(undone)) : joined(step.undo);
}

function joined(texts: readonly Pick<Statement, 'sql'>[]): string {
  return texts.map(({ sql }) => `${sql.trim().replace(/;$/, '')};`).join('\n\n');
}

function idOf({ id }: { id: string }): string {
  return id;
}

/** Ids of both lists that are not part of the longest row in which both have the same order: as few as possible count as moved. */
export function movedIds(before: readonly string[], after: readonly string[]): ReadonlySet<string> {
  const places = new Map(before.map((id, at) => [id, at]));
  const common = after.filter((id) => places.has(id));
  const rank = common.map((id) => places.get(id) ?? 0);
  const best: { length: number; from: number }[] = [];
  rank.forEach((place, at) => {
    let length = 1;
    let from = -1;
    for (let i = 0; i < at; i += 1) {
      const there = best[i];
      if (there && (rank[i] ?? 0) < place && there.length + 1 > length) {
        length = there.length + 1;
        from = i;
      }
    }
    best.push({ length, from });
  });
  const kept = new Set<number>();
  let at = best.reduce((top, one, index) => (one.length > (best[top]?.length ?? 0) ? index : top), best.length > 0 ? 0 : -1);
  while (at >= 0) {
    kept.add(at);
    at = best[at]?.from ?? -1;
  }
  return new Set(common.filter((_, index) => !kept.has(index)));
}
