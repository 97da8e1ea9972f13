import { diff } from '../diff.ts';
import type { OrphanDecision, Phase, Plan } from '../plan.ts';
import type { Refusal } from '../refusal.ts';
import { fingerprint } from '../snapshot.ts';
import { alterPhase } from './alter.ts';
import { backupOf, backupPhase } from './backup.ts';
import { cleanupPhase } from './cleanup.ts';
import { convertPhases, tableId } from './convert.ts';
import { createPhase } from './create.ts';
import { families, type MakePlanInput, type Workbench } from './input.ts';
import { keepSchemaOf, shadowSchemaOf } from './names.ts';
import { setAsidePhases } from './set-aside.ts';
import { validatePhase } from './validate.ts';

export type { MakePlanInput } from './input.ts';
export type PlanResult = { ok: true; plan: Plan } | { ok: false; refusals: Refusal[] };

/**
 * Chosen differences → phases in the order a careful DBA would choose: backup, conversions, duplicates, empty tables, new objects,
 * changes of existing tables, validation, and clean-up after the window. Pure: equal input gives an equal plan. Refuses by name
 * every chosen difference that this version cannot turn into steps with a way back; a plan never leaves one out in silence.
 */
export function makePlan(input: MakePlanInput): PlanResult {
  const bench = workbench(input);
  if (bench.chosen.length === 0) return { ok: false, refusals: [{ code: 'plan_empty', sentence: 'No difference was chosen, or the chosen ones no longer exist: read both databases again.' }] };
  const converts = convertPhases(bench);
  const aside = setAsidePhases(bench);
  const converted = converts.flatMap(({ phase }) => phase.price.map((question) => question.table));
  const creates = createPhase(bench, new Set(converted.map(tableId)));
  const altered = alterPhase(bench);
  const alters = altered.map((built) => built.phase);
  const keepsAny = altered.some((built) => built.keeps.length > 0);
  refuseLeftovers(bench);
  if (bench.refusals.length > 0) return { ok: false, refusals: bench.refusals };
  const changing = [...(converts.length + aside.length > 0 || keepsAny || input.fullBackup ? [backupPhase(bench, converted)] : []), ...[...converts, ...aside].map((built) => built.phase), ...creates, ...alters];
  const kept = [...converted.map((table) => backupOf(bench, table)), ...[...converts, ...aside, ...altered].flatMap((built) => built.keeps)];
  const phases = [...changing, validatePhase(changing), ...(kept.length > 0 ? [cleanupPhase(bench, kept, changing, converts.flatMap((built) => built.unfollow ?? []))] : [])];
  return { ok: true, plan: assemble(input, bench, phases) };
}

/**
 * The plan with one more decision on an orphan set. Phases that follow from decisions are rendered anew; steps that a person edited by
 * hand stay as they are. Refuses a verdict that the foreign key or the phase cannot carry out.
 */
export function decideOrphans(plan: Plan, foreignKeyId: string, decision: OrphanDecision, current: MakePlanInput['current'], desiredSnapshot: MakePlanInput['desiredSnapshot']): PlanResult {
  const phase = plan.phases.find((one) => one.checks.some((check) => check.kind === 'orphans' && check.foreignKeys.some((key) => key.id === foreignKeyId)));
  const check = phase?.checks.find((one) => one.kind === 'orphans');
  const key = check?.kind === 'orphans' ? check.foreignKeys.find((one) => one.id === foreignKeyId) : undefined;
  if (!phase || !key) return refused('not_found', 'The plan has no such foreign key.');
  if (decision.verdict === 'set_null' && !key.nullable) return refused('cannot_plan', `${key.columns.join(', ')} may not be null in ${plan.desired}; choose to delete the orphans or to stop.`);
  if (phase.kind === 'create' && decision.verdict !== 'stop') return refused('cannot_plan', `This version does not remove orphans while it creates tables. Mend the rows of ${key.child.name} first; the key is added when none is left.`);
  if (decision.verdict === 're_point' && phase.kind === 'convert') return refused('cannot_plan', 'While a table is converted, rows without a parent can be taken out or set to null; point them elsewhere before or after it.');
  if (decision.verdict === 're_point' && (key.columns.length !== 1 || (decision.to ?? '') === '')) return refused('cannot_plan', key.columns.length === 1 ? 'Say to which row of the parent they are to point.' : 'Rows can be pointed elsewhere only where the key has one column.');
  const orphanDecisions = { ...Object.assign({}, ...plan.phases.map((one) => one.orphanDecisions)), [foreignKeyId]: decision } as Record<string, OrphanDecision>;
  const result = makePlan({ ...plan, current, desiredSnapshot, orphanDecisions });
  return result.ok ? { ok: true, plan: keepHandEdits(plan, result.plan) } : result;
}

function keepHandEdits(before: Plan, after: Plan): Plan {
  const edited = new Map(before.phases.flatMap((phase) => phase.steps).filter((step) => step.hazards.some((hazard) => hazard.code === 'EDITED_BY_HAND')).map((step) => [step.id, step]));
  return { ...after, phases: after.phases.map((phase) => ({ ...phase, steps: phase.steps.map((step) => edited.get(step.id) ?? step) })) };
}

function refused(code: Refusal['code'], sentence: string): PlanResult {
  return { ok: false, refusals: [{ code, sentence }] };
}

function workbench(input: MakePlanInput): Workbench {
  const keepSchema = keepSchemaOf(input.id);
  const wanted = new Set(input.deltaIds);
  return {
    input,
    keepSchema,
    shadowSchema: shadowSchemaOf(keepSchema),
    chosen: diff(input.current, input.desiredSnapshot).filter((delta) => wanted.has(delta.id)),
    current: new Map(input.current.objects.map((object) => [object.id, object])),
    desired: new Map(input.desiredSnapshot.objects.map((object) => [object.id, object])),
    currentFamily: families(input.current.objects),
    desiredFamily: families(input.desiredSnapshot.objects),
    refusals: [],
    taken: new Set(),
  };
}

function refuseLeftovers(bench: Workbench): void {
  const chosen = new Set(bench.chosen.map((delta) => delta.id));
  for (const id of bench.input.deltaIds) {
    if (!chosen.has(id)) bench.refusals.push({ code: 'cannot_plan', sentence: `The difference ${id} no longer exists: read both databases again.` });
  }
  for (const delta of bench.chosen) {
    if (bench.taken.has(delta.id)) continue;
    const what = { add: 'adding', remove: 'removing', change: 'changing' }[delta.change];
    const how = delta.attributes.length > 0 ? ` (${delta.attributes.map((attribute) => attribute.name).join(', ')})` : '';
    bench.refusals.push({ code: 'cannot_plan', sentence: `This version has no script with a way back for ${what} ${delta.objectId.replace(':', ' ')}${how}: leave it out of the plan.` });
  }
}

function assemble(input: MakePlanInput, bench: Workbench, phases: readonly Phase[]): Plan {
  return {
    id: input.id,
    name: input.name,
    target: input.target,
    desired: input.desired,
    basis: { current: fingerprint(input.current.objects), desired: fingerprint(input.desiredSnapshot.objects) },
    keepSchema: bench.keepSchema,
    deltaIds: [...input.deltaIds],
    decisions: [...input.decisions],
    tolerance: input.tolerance,
    windowHours: input.windowHours,
    ...(input.fullBackup ? { fullBackup: input.fullBackup } : {}),
    phases,
  };
}
