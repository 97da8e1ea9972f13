import { asHere } from '../as-here.ts';
import { type Delta, spokenDelta } from '../diff.ts';
import type { OrphanDecision, OverlapDecision, Phase, Plan } from '../plan.ts';
import { type Rename, renameId } from '../rename.ts';
import { differencesRenamed, foldRenames } from '../renames.ts';
import { digestOf } from '../digest.ts';
import type { Refusal } from '../refusal.ts';
import { fingerprint, type SchemaObject } from '../snapshot.ts';
import { listed } from '../words.ts';
import { reached, sideOf, withDefault } from '../script/side.ts';
import { alterPhase } from './alter.ts';
import { tablesAnew } from './anew.ts';
import { BACKUP_PHASE, backupOf, backupPhase } from './backup.ts';
import { cleanupPhase } from './cleanup.ts';
import { convertPhases, tableId } from './convert.ts';
import { createPhase } from './create.ts';
import { dropColumnsPhase } from './drop-columns.ts';
import { dropLate } from './drop-late.ts';
import { DUMP_PHASE, dumpPhase } from './dump.ts';
import { inOrderOfDrop, restedOnByKept } from './held.ts';
import { families, familyAfter, type MakePlanInput, type Workbench } from './input.ts';
import { keepSchemaOf, shadowSchemaOf } from './names.ts';
import { holdsName } from './plain.ts';
import { renamePhase } from './rename.ts';
import { scriptedPhases } from './scripted-phases.ts';
import { setAsidePhases } from './set-aside.ts';
import { validatePhase } from './validate.ts';

export type { MakePlanInput } from './input.ts';
export type PlanResult = { ok: true; plan: Plan } | { ok: false; refusals: Refusal[] };

/**
 * Chosen differences → phases in the order a careful DBA would choose: backup, conversions, duplicates, empty tables, new objects,
 * changes of existing tables, validation, and clean-up after the window. What no builder has steps for comes from the script of exactly these
 * differences: before the builders' phases what they rest on, after them the rest, removals last. Pure: equal input gives an equal plan.
 * Refuses by name every chosen difference that this version cannot turn into steps with a way back, and every one that needs another that was
 * not chosen; a plan never leaves one out in silence.
 */
export function makePlan(input: MakePlanInput): PlanResult {
  return planOf(input, false) ?? planOf(input, true) ?? refused('cannot_plan', 'Some differences must come both before and after the tables that are converted or set aside. Make two plans of them.');
}

/** null: what the builders made and what is left over for the script wait for each other. */
function planOf(input: MakePlanInput, scriptsAll: boolean): PlanResult | null {
  const bench = workbench(input, scriptsAll);
  bench.anew = tablesAnew(bench);
  if (bench.chosen.length === 0 && bench.refusals.length === 0) return { ok: false, refusals: [{ code: 'plan_empty', sentence: 'No difference was chosen, or the chosen ones no longer exist: read both databases again.' }] };
  const renames = renamePhase(bench);
  const converts = convertPhases(bench);
  const aside = setAsidePhases(bench);
  const converted = converts.flatMap(({ phase }) => phase.price.map((question) => question.table));
  const creates = createPhase(bench, new Set(converted.map(tableId)));
  const dropped = dropColumnsPhase(bench, converted.map(tableId));
  const late = dropLate(bench);
  const altered = alterPhase(bench);
  refuseOrder(bench);
  const replaced = [...converts, ...aside];
  const kept = [...converted.map((table) => backupOf(bench, table)), ...[...replaced, ...altered, ...dropped].flatMap((one) => one.keeps)];
  bench.keptNeeds = restedOnByKept(bench, converted.map(tableId), bench.chosen.filter((delta) => (delta.kind === 'table' || delta.kind === 'column') && delta.change === 'remove' && bench.taken.has(delta.id)).map((delta) => delta.objectId));
  bench.keptNames = new Set(kept.map(({ name }) => name));
  const scripted = scriptedPhases(bench);
  if (scripted.torn) return null;
  refuseVanished(bench);
  if (bench.refusals.length > 0) return { ok: false, refusals: bench.refusals };
  const keeping = replaced.length > 0 || late.drops.length > 0 || bench.held.length > 0 || [...altered, ...dropped].some((one) => one.keeps.length > 0);
  const backup = keeping ? [backupPhase(bench, converted)] : [];
  const early = scripted.before.some((phase) => phase.requires.includes(BACKUP_PHASE));
  const built = [...(early ? [] : backup), ...replaced.map((one) => one.phase), ...creates, ...altered.map((one) => one.phase)];
  const changing = resting([...(input.fullBackup ? [dumpPhase(bench, input.fullBackup)] : []), ...renames, ...(early ? backup : []), ...scripted.before, ...built, ...scripted.after, ...dropped.map((one) => one.phase), ...(late.phase ? [late.phase] : [])]);
  const cleanup = keeping ? [cleanupPhase(bench, kept, changing, converts.flatMap((one) => one.unfollow ?? []), converts.flatMap((one) => one.views ?? []), converts.flatMap((one) => one.columns ?? []), inOrderOfDrop(bench), late.drops)] : [];
  const phases = [...changing, validatePhase(changing, (table) => familyAfter(bench, tableId(table)).filter((object) => object.kind === 'constraint' && object.attributes.validated === false).map(({ name }) => name)), ...cleanup];
  return { ok: true, plan: assemble(input, bench, phases) };
}

/** A phase from the script rests on all before it, and all rest on the dump, on new names and on what was prepared; builders know of each other themselves. */
function resting(phases: readonly Phase[]): Phase[] {
  return phases.map((phase, at) => {
    const earlier = phases.slice(0, at).map((one) => one.id);
    const requires = phase.kind === 'adapt' || phase.kind === 'remove' ? earlier : [...phase.requires, ...earlier.filter((id) => id === DUMP_PHASE || id === 'rename' || (id === 'prepare' && phase.kind !== 'backup'))];
    return { ...phase, requires };
  });
}

/**
 * The plan of people with the planner's phases made once more, for the differences that they settled before and `added`. Phases that were there stay where they are; those that are new
 * stand at the end, for the caller to place. Refuses what makePlan refuses, and ids of phases that people's phases have already.
 */
export function renderGenerated(plan: Plan, added: readonly string[], input: Pick<MakePlanInput, 'current' | 'desiredSnapshot' | 'orphanDecisions' | 'overlapDecisions'>): PlanResult {
  const { fullBackup: _dumpIsWritten, generated = [], ...rest } = plan;
  const before = new Set(generated.flatMap((part) => part.phaseIds));
  const deltaIds = [...new Set([...generated.flatMap((part) => part.deltaIds), ...added])];
  const result = makePlan({ ...rest, deltaIds, overlapDecisions: overlapDecisionsOf(plan), ...input });
  if (!result.ok) return result;
  const made = new Map(result.plan.phases.map((phase) => [phase.id, phase]));
  const clash = plan.phases.find((phase) => !before.has(phase.id) && made.has(phase.id));
  if (clash) return refused('cannot_plan', `A phase that somebody wrote has the name that the plan gives its own, ${clash.id}. Give it another.`);
  const kept = plan.phases.flatMap((phase) => (before.has(phase.id) ? (made.get(phase.id) ?? []) : [phase]));
  const fresh = result.plan.phases.filter((phase) => !before.has(phase.id));
  const rendered: Plan = {
    ...plan,
    basis: result.plan.basis,
    deltaIds: [...new Set([...plan.deltaIds, ...deltaIds])],
    generated: [...generated, ...(added.length > 0 ? [{ deltaIds: [...added], phaseIds: fresh.map((phase) => phase.id) }] : [])],
    phases: [...kept, ...fresh],
  };
  return { ok: true, plan: keepHandEdits(plan, rendered) };
}

/** All decisions on rows without a parent that the plan holds, by foreign key. */
export function orphanDecisionsOf(plan: Plan): Record<string, OrphanDecision> {
  return Object.assign({}, ...plan.phases.map((one) => one.orphanDecisions)) as Record<string, OrphanDecision>;
}

/** All decisions on duplicate tables that the plan holds, by the table that goes. */
export function overlapDecisionsOf(plan: Plan): Record<string, OverlapDecision> {
  return Object.assign({}, ...plan.phases.map((one) => one.overlapDecisions ?? {})) as Record<string, OverlapDecision>;
}

export function keepHandEdits(before: Plan, after: Plan): Plan {
  const edited = new Map(before.phases.flatMap((phase) => phase.steps).filter((step) => step.hazards.some((hazard) => hazard.code === 'EDITED_BY_HAND')).map((step) => [step.id, step]));
  return { ...after, phases: after.phases.map((phase) => ({ ...phase, steps: phase.steps.map((step) => edited.get(step.id) ?? step) })) };
}

function refused(code: Refusal['code'], sentence: string): PlanResult {
  return { ok: false, refusals: [{ code, sentence }] };
}

/** Kinds whose change leaves what rests on them where it is. */
const IN_PLACE: ReadonlySet<string> = new Set(['schema', 'table', 'foreign_table', 'column', 'constraint', 'index', 'sequence', 'extension']);

function workbench(asked: MakePlanInput, scriptsAll: boolean): Workbench {
  // Every builder speaks of names as they are after the first phase.
  const chosen = new Set(asked.deltaIds);
  const folded = foldRenames(asked.current, asked.desiredSnapshot, chosenRenames(asked));
  const { renamed, taken } = folded;
  const input = { ...asked, current: renamed, renames: taken.map(({ from, to }) => ({ from, to })) };
  const keepSchema = keepSchemaOf(input.id);
  const all = differencesRenamed(folded, input.desiredSnapshot);
  const unnamed = withoutTheirRename(asked, all, taken);
  return {
    input,
    keepSchema,
    shadowSchema: shadowSchemaOf(keepSchema),
    renames: taken,
    differences: all,
    chosen: all.filter((delta) => chosen.has(delta.id)),
    wanted: ownerless(input),
    scriptsAll,
    current: new Map(input.current.objects.map((object) => [object.id, object])),
    desired: new Map(input.desiredSnapshot.objects.map((object) => [object.id, object])),
    currentFamily: families(input.current.objects),
    desiredFamily: families(input.desiredSnapshot.objects),
    names: new Map([...Map.groupBy(input.current.objects.filter(holdsName), (object) => `${object.schema}.${object.name}`)].map(([name, objects]) => [name, objects.map((object) => object.id)])),
    restedOn: new Set(Object.values(input.current.dependencies ?? {}).flat()),
    dependents: sideOf(input.current.objects, input.current.dependencies ?? {}).dependents,
    early: restedOnByConverted(input, all.filter((delta) => chosen.has(delta.id))),
    remade: new Set(all.filter((delta) => chosen.has(delta.id) && delta.change !== 'add' && !IN_PLACE.has(delta.kind)).map((delta) => delta.objectId)),
    anew: new Set(),
    keptNeeds: new Set(),
    keptNames: new Set(),
    held: [],
    refusals: unnamed.map(({ refusal }) => refusal),
    unnamed: new Set(unnamed.map(({ id }) => id)),
    taken: new Set(),
  };
}

function restedOnByConverted({ desiredSnapshot: { objects, dependencies = {} } }: MakePlanInput, chosen: readonly Delta[]): ReadonlySet<string> {
  const columns = chosen.filter((delta) => delta.kind === 'column' && delta.desired !== null && delta.desired !== undefined);
  const converted = new Set(columns.filter(({ attributes }) => attributes.some(({ name }) => name === 'type')).map((delta) => delta.group));
  const from = columns.filter((delta) => converted.has(delta.group)).flatMap((delta) => withDefault(delta.objectId));
  return from.length === 0 ? new Set() : reached(from, sideOf(objects, dependencies).needs);
}

/** Decided is not chosen: the plan renames what it was asked to rename. */
function chosenRenames({ renames = [], deltaIds }: MakePlanInput): Rename[] {
  return renames.filter((rename) => deltaIds.includes(renameId(rename)));
}

function contentOf({ current, attributes }: Delta): string {
  return digestOf([current, attributes]);
}

/** What a person saw under a new name, and chose without it, would be something else here. */
function withoutTheirRename({ current, desiredSnapshot, renames = [], deltaIds, target, desired: desiredName }: MakePlanInput, planned: readonly Delta[], taken: readonly Rename[]): { id: string; refusal: Refusal }[] {
  const planning = new Set(taken.map(renameId));
  const folded = foldRenames(current, desiredSnapshot, renames);
  const left = folded.taken.filter((rename) => !planning.has(renameId(rename)));
  if (left.length === 0) return [];
  const here = new Map(planned.map((delta) => [delta.id, delta]));
  const seen = differencesRenamed(folded, desiredSnapshot).filter((delta) => deltaIds.includes(delta.id));
  const spoken = (id: string) => `“${spokenDelta(id, { current: target, desired: desiredName })}”`;
  const changed = seen.filter((delta) => { const twin = here.get(delta.id); return !twin || contentOf(twin) !== contentOf(delta); });
  return changed.map(({ id }) => ({ id, refusal: { code: 'cannot_plan', sentence: `${spoken(id)} is said in names that are there only after a rename: choose ${listed(left.map((rename) => spoken(renameId(rename))))} too.` } }));
}

/** The owner of what is new is whoever makes it; the owner that it has elsewhere may not exist here. */
function ownerless({ current, desiredSnapshot }: MakePlanInput): Workbench['wanted'] {
  const here = new Set([...current.objects, ...(current.satellites ?? [])].map((object) => object.id));
  const strip = (objects: readonly SchemaObject[]) => objects.map((object) => (here.has(object.id) || object.aside?.owner === undefined ? object : { ...object, aside: { ...object.aside, owner: null } }));
  const { objects, satellites = [], dependencies = {} } = asHere(current, desiredSnapshot);
  return { objects: strip(objects), satellites: strip(satellites), dependencies };
}

function refuseVanished(bench: Workbench): void {
  const chosen = new Set(bench.chosen.map((delta) => delta.id));
  for (const id of bench.input.deltaIds) {
    if (!chosen.has(id) && !bench.unnamed.has(id)) bench.refusals.push({ code: 'cannot_plan', sentence: `The difference ${id} no longer exists: read both databases again.` });
  }
}

/** No statement moves a column; the table would have to be made anew for a matter of taste. */
function refuseOrder(bench: Workbench): void {
  for (const delta of bench.chosen) {
    if (!delta.attributes.some(({ name }) => name === 'columnOrder')) continue;
    bench.taken.add(delta.id);
    // A table that is made anew has them in the wanted order.
    if (bench.anew.has(delta.objectId)) continue;
    bench.refusals.push({ code: 'cannot_plan', sentence: `The columns of ${delta.objectId.replace(':', ' ')} stand in another order, and no statement moves a column: leave it out of the plan.` });
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
    ...(bench.input.renames && bench.input.renames.length > 0 ? { renames: [...bench.input.renames] } : {}),
    tolerance: input.tolerance,
    windowHours: input.windowHours,
    ...(input.fullBackup ? { fullBackup: input.fullBackup } : {}),
    ...(input.writePauseSeconds === undefined ? {} : { writePauseSeconds: input.writePauseSeconds }),
    ...(input.rehearsedSeconds ? { rehearsedSeconds: input.rehearsedSeconds } : {}),
    ...(input.keepTables ? { keepTables: true as const } : {}),
    phases,
  };
}
