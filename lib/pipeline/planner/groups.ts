import type { Delta } from '../diff.ts';
import { listOf, textOf } from '../kinds/relation.ts';
import { reliesOn } from '../script/casts.ts';
import { reached, type Scripted, sideOf, withDefault } from '../script/side.ts';
import type { SchemaObject } from '../snapshot.ts';
import { components } from './foreign-keys.ts';
import { holdsName } from './plain.ts';

type State = Required<Scripted>;

/** Differences of which one rests on another, or takes its name, belong into one transaction; the others get steps of their own. */
export function groupsOf(from: State, to: State, deltas: readonly Delta[]): Delta[][] {
  if (deltas.length <= 1) return deltas.map((delta) => [delta]);
  const edges = [...edgesOf(from, deltas), ...edgesOf(to, deltas), ...kinEdges([...from.objects, ...to.objects], deltas)];
  const byId = new Map(deltas.map((delta) => [delta.id, delta]));
  const names = sameNames(from, to, deltas);
  const keys = [...Map.groupBy(deltas.filter((delta) => delta.kind === 'constraint' || delta.kind === 'index'), (delta) => delta.group).values()];
  // Taking a right on a table away takes it on its columns too: undone after the columns got it back, it would be gone.
  const rights = [...Map.groupBy(deltas.filter((delta) => delta.kind === 'grant'), (delta) => String((delta.desired ?? delta.current)?.attributes.on)).values()];
  const groups = components(deltas.map((delta) => delta.id), [...edges, ...[...names, ...keys, ...rights, ...siblings(deltas)].flatMap((same) => same.slice(1).map((delta) => [same[0]?.id ?? '', delta.id] as const))]);
  const made = groups.map((group) => group.flatMap((id) => byId.get(id) ?? []));
  // A function's body may read a table that the catalogs do not know it rests on: what asks rows comes after what only makes something.
  return made.toSorted((a, b) => Number(asksRows(a)) - Number(asksRows(b)));
}

/** Partitions of one parent of which one lets go of its bounds: they are free only then. New ones alone come one by one. */
function siblings(deltas: readonly Delta[]): Delta[][] {
  const parts = deltas.flatMap((delta) => [delta.current, delta.desired].flatMap((object) => (object && object.kind !== 'constraint' && object.kind !== 'index' && textOf(object, 'partitionOf') !== null ? [{ delta, parent: textOf(object, 'partitionOf') }] : [])));
  const families = [...Map.groupBy(parts, ({ parent }) => parent).values()].map((same) => [...new Set(same.map(({ delta }) => delta))]);
  return families.filter((same) => same.some(({ change }) => change !== 'add'));
}

/** Those of which one takes a name that another holds, be it by an index or a key of its table. */
function sameNames(from: State, to: State, deltas: readonly Delta[]): Delta[][] {
  const carried = new Set(deltas.flatMap((delta) => delta.carries));
  const parts = new Map(carried.size === 0 ? [] : [...from.objects, ...to.objects].flatMap((object) => (carried.has(object.id) && holdsName(object) ? [[object.id, object] as const] : [])));
  const holders = Map.groupBy(deltas.flatMap((delta) => [delta.desired ?? delta.current, ...delta.carries.map((id) => parts.get(id))].flatMap((object) => (object ? [{ delta, name: `${object.schema}.${object.name}` }] : []))), ({ name }) => name);
  return [...holders.values()].map((same) => [...new Set(same.map(({ delta }) => delta))]);
}

function asksRows(group: readonly Delta[]): boolean {
  return group.some((delta) => ['column', 'constraint', 'index', 'materialized_view'].includes(delta.kind));
}

/** From each difference to every other whose object rests on it, directly or through others. */
function edgesOf(state: State, deltas: readonly Delta[]): (readonly [string, string])[] {
  const side = sideOf([...state.objects, ...state.satellites], state.dependencies);
  const owners = new Map<string, string[]>();
  for (const delta of deltas) for (const id of idsOf([delta])) owners.set(id, [...(owners.get(id) ?? []), delta.id]);
  const edges: (readonly [string, string])[] = [];
  for (const cast of deltas.filter((delta) => delta.kind === 'cast')) {
    const relies = reliesOn(side, cast.objectId);
    edges.push(...deltas.filter((delta) => idsOf([delta]).some(relies)).map((delta) => [cast.id, delta.id] as const));
  }
  for (const delta of deltas) {
    for (const id of reached(idsOf([delta]), (each) => [...side.dependents(each), ...side.followers(each)])) {
      for (const other of owners.get(id) ?? []) if (other !== delta.id) edges.push([delta.id, other]);
    }
  }
  return edges;
}

/** What the differences are about, with the defaults of columns. */
export function idsOf(deltas: readonly Delta[]): string[] {
  return deltas.flatMap((delta) => [delta.objectId, ...delta.carries]).flatMap(withDefault);
}

/** A statement on a partitioned table or a parent reaches its partitions and heirs, so that their differences are one matter. */
function kinEdges(objects: readonly SchemaObject[], deltas: readonly Delta[]): (readonly [string, string])[] {
  const byTable = Map.groupBy(deltas, (delta) => delta.group);
  return objects.flatMap((object) => {
    if (object.kind !== 'table' && object.kind !== 'foreign_table') return [];
    const partitionOf = textOf(object, 'partitionOf');
    return [...(partitionOf === null ? [] : [partitionOf]), ...listOf(object, 'inherits')].flatMap((parent) => {
      const kin = [...(byTable.get(object.id) ?? []), ...(byTable.get(parent) ?? [])];
      return kin.slice(1).map((delta) => [kin[0]?.id ?? '', delta.id] as const);
    });
  });
}
