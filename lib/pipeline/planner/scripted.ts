import type { Delta } from '../diff.ts';
import { kindOf } from '../kinds/all.ts';
import { listOf, textOf } from '../kinds/relation.ts';
import { appliedTo } from '../script/apply.ts';
import { reliesOn } from '../script/casts.ts';
import { reached, type Scripted, sideOf } from '../script/side.ts';
import { objectId, parseObjectId } from '../snapshot.ts';
import { idsOf } from './groups.ts';
import { isRetyped, type Workbench } from './input.ts';
import { holdersOf } from './plain.ts';

/** States of the target in the order of the plan, and what the script does between them. */
export interface Acts {
  /** Values that enums gain: committed before anything can use them. */
  values: readonly Delta[];
  /** What new tables, keys and columns rest on, and what stands in the way of tables that go. */
  prepare: readonly Delta[];
  /** Everything else. */
  after: readonly Delta[];
  /** Differences that must come both before and after the builders' own; empty in a good order. */
  torn: readonly Delta[];
}

/** Sorts what no builder has taken around the phases that builders make. */
export function actsOf(bench: Workbench): Acts {
  const built = bench.chosen.filter((delta) => bench.taken.has(delta.id));
  const rest = bench.chosen.filter((delta) => !bench.taken.has(delta.id));
  const values = rest.filter(isOnlyNewValues);
  const others = rest.filter((delta) => !values.includes(delta));
  const first = before(bench, built, others);
  return { values, prepare: first, after: others.filter((delta) => !first.includes(delta)), torn: [...torn(bench, built, first), ...first.filter((delta) => isKey(delta) && delta.change === 'remove')] };
}

/** An enum that keeps all its labels in their order: Postgres adds values in place. */
function isOnlyNewValues(delta: Delta): boolean {
  if (delta.kind !== 'enum' || !delta.current || !delta.desired) return false;
  const names = new Set(delta.attributes.map(({ name }) => name));
  return names.has('labels') && names.size === 1 && kindOf('enum').alter({ current: delta.current, desired: delta.desired, names }) !== null;
}

/** What the builders' new objects rest on, and what rests on their leaving ones. */
function before(bench: Workbench, built: readonly Delta[], others: readonly Delta[]): Delta[] {
  // What comes whole needs what its parts need: a table the sequences of its defaults.
  const [side, parts] = [sideOfDesired(bench), new Map(others.flatMap((delta) => (delta.change === 'add' ? [[delta.objectId, idsOf([delta])] as const] : [])))];
  const needs = (id: string) => [...side.needs(id), ...(parts.get(id) ?? [])];
  const coming = reached(idsOf(built.filter((delta) => delta.change !== 'remove')), needs);
  for (const { objectId: cast } of others.filter((delta) => delta.kind === 'cast' && delta.change !== 'remove')) if ([...coming].some(reliesOn(side, cast))) for (const id of reached([cast], needs)) coming.add(id);
  const { dependents } = sideOf(bench.input.current.objects, bench.input.current.dependencies ?? {});
  const leaving = reached(idsOf(built.filter((delta) => delta.change === 'remove')), dependents);
  const retyped = reached(idsOf(built.filter(isRetyped)), dependents);
  const inTheWay = others.filter((delta) => idsOf([delta]).some((id) => leaving.has(id)));
  // A table that lets go of one that leaves comes under another in the same breath, which is there by then.
  for (const id of reached(idsOf(inTheWay.filter((delta) => delta.change !== 'remove')), needs)) coming.add(id);
  const asked = others.filter((delta) => inTheWay.includes(delta) || idsOf([delta]).some((id) => (delta.change === 'remove' ? retyped.has(id) : coming.has(id) && isNeededAsItIs(delta))));
  const first = withKin(bench, asked, others, dependents);
  // A table has one primary key: the old one goes before the new one comes.
  const keyed = new Set(first.filter(isKey).map((delta) => delta.group));
  const withKeys = others.filter((delta) => first.includes(delta) || (isKey(delta) && keyed.has(delta.group)));
  const inKeys = new Set(withKeys.flatMap(columnsOfPrimaryKey));
  return others.filter((delta) => withKeys.includes(delta) || (inKeys.has(delta.objectId) && isTightened(delta)));
}

/** A column, index or key of a partition comes and goes with its table's, and a name is free once that goes which has it, with what rests on that. */
function withKin(bench: Workbench, asked: readonly Delta[], others: readonly Delta[], dependents: (id: string) => readonly string[]): Delta[] {
  const first = new Set(asked);
  if (first.size === others.length) return [...others];
  const sides = [sideOfDesired(bench), sideOf(bench.input.current.objects, bench.input.current.dependencies ?? {})];
  // What a table that joins or leaves another has from there, it keeps or is given when it does so.
  const moving = new Set(others.flatMap(({ objectId: id, attributes }) => (attributes.some(({ name }) => ['partitionOf', 'partitionBound', 'inherits'].includes(name)) ? [id] : [])));
  const kin = (id: string) => sides.flatMap((side) => {
    const object = side.objects.get(id);
    if (!object || object.parent === null) return [];
    return [...(moving.has(object.parent) ? [] : side.leaders(object)), ...side.followers(id).filter((each) => !moving.has(side.objects.get(each)?.parent ?? ''))];
  });
  const about = new Map(others.flatMap((delta) => idsOf([delta]).map((id) => [id, delta] as const)));
  const queue = [...first];
  for (let delta = queue.pop(); delta !== undefined; delta = queue.pop()) {
    const holders = delta.change === 'remove' ? [] : [delta.objectId, ...delta.carries].flatMap((id) => holdersOf(bench, bench.desired.get(id))).filter((id) => about.get(id)?.change === 'remove');
    for (const id of [...reached([delta.objectId], kin), ...reached(holders, dependents)]) {
      const other = about.get(id);
      if (other === undefined || first.has(other)) continue;
      first.add(other);
      queue.push(other);
    }
  }
  return others.filter((delta) => first.has(delta));
}

/** They become NOT NULL with it, and can be nullable again only once it has gone. */
function columnsOfPrimaryKey({ desired }: Delta): string[] {
  if (desired?.kind !== 'constraint' || desired.attributes.type !== 'primary key' || desired.parent === null) return [];
  const { path } = parseObjectId(desired.parent);
  return listOf(desired, 'columns').map((column) => objectId('column', ...path, column));
}

function isTightened({ kind, change, attributes }: Delta): boolean {
  return kind === 'column' && change === 'change' && attributes.length === 1 && attributes[0]?.name === 'nullable';
}

function isKey(delta: Delta): boolean {
  return delta.kind === 'constraint' || delta.kind === 'index';
}

/** A table or view that changes is there all the time; what is made from it does not wait for the change. */
function isNeededAsItIs(delta: Delta): boolean {
  return delta.change === 'add' || !['schema', 'table', 'foreign_table', 'view', 'materialized_view', 'column', 'sequence', 'extension'].includes(delta.kind);
}

function torn(bench: Workbench, built: readonly Delta[], first: readonly Delta[]): Delta[] {
  const made = new Set(idsOf(built.filter((delta) => delta.change === 'add')));
  const side = sideOfDesired(bench);
  const leaving = new Set(built.filter((delta) => delta.change === 'remove').map((delta) => delta.objectId));
  const held = (id: string) => holdersOf(bench, bench.desired.get(id)).some((holder) => leaving.has(holder) || leaving.has(bench.current.get(holder)?.parent ?? ''));
  // A partition's bounds are free only when the one that has them has gone.
  const left = new Set(built.flatMap((delta) => (delta.change === 'remove' && delta.current ? [textOf(delta.current, 'partitionOf')] : [])));
  const takesBounds = (delta: Delta) => delta.desired !== null && left.has(textOf(delta.desired, 'partitionOf') ?? '');
  return first.filter((delta) => delta.change !== 'remove' && (takesBounds(delta) || [...reached(idsOf([delta]), side.needs)].some((id) => made.has(id)) || (delta.change === 'add' && [delta.objectId, ...delta.carries].some(held))));
}

function sideOfDesired(bench: Workbench) {
  const done: Required<Scripted> = appliedTo(bench.input.current, bench.input.desiredSnapshot, bench.chosen);
  return sideOf(done.objects, done.dependencies);
}
