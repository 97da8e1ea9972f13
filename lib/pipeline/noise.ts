import { asHere } from './as-here.ts';
import { type Compared, type Delta, diff } from './diff.ts';
import { comesUnplaced } from './kinds/placement.ts';
import type { ObjectKind, SchemaObject, Snapshot } from './snapshot.ts';

// Differences that nearly every pair of databases has and hardly anybody migrates for: owners, grants, default privileges, comments, security labels, ties to extensions, tablespaces, the order
// of columns, versions of extensions, statistics, names that the server made for not-null constraints. This file alone says what they are; pages, counts, export and plans ask it.

const NOISE_KINDS: ReadonlySet<ObjectKind> = new Set(['grant', 'default_privileges', 'comment', 'security_label', 'extension_tie', 'placement', 'statistics']);
const NOISE_ATTRIBUTES: ReadonlySet<string> = new Set(['owner', 'version', 'statisticsTarget', 'columnOrder', 'notNullCalled']);
/** Kept beside an object, and compared here. */
const BESIDE = ['owner', 'version'] as const;
const ASIDE = 'aside:';

/** Of a kind, or only about attributes, that a person must ask for to see. */
export function isNoise(delta: Pick<Delta, 'id' | 'kind'>): boolean {
  return NOISE_KINDS.has(delta.kind) || isAside(delta);
}

/** About what is kept beside an object that may differ otherwise too. */
export function isAside(delta: Pick<Delta, 'id'>): boolean {
  return delta.id.startsWith(ASIDE);
}

/**
 * Everything that differs, noise included, sorted as diff() sorts. Where an object differs in what matters and in noise, the noise is a delta
 * of its own, `aside:<ObjectId>`, so that choosing the one never takes the other along. Grants and comments of what is added or removed
 * come and go with it. A reading of an older version that knew no grants and comments is compared without them.
 */
export function differences(current: Compared, wanted: Compared): Delta[] {
  const desired = asHere(current, comesUnplaced(current, wanted));
  const satellites = current.satellites !== undefined && desired.satellites !== undefined;
  const deltas = withTheirTargets(diff(current, desired, { satellites, aside: BESIDE })).flatMap(split);
  const orders = columnOrders(current.objects, desired.objects);
  const merged = deltas.map((delta) => {
    const order = isAside(delta) ? orders.get(delta.objectId) : undefined;
    if (order) orders.delete(delta.objectId);
    return order ? { ...delta, attributes: [...delta.attributes, ...order.attributes] } : delta;
  });
  return [...merged, ...orders.values()].sort((a, b) => compareText(a.group, b.group) || compareText(a.objectId, b.objectId) || compareText(a.id, b.id));
}

/** The snapshot as one sees it with the noise folded away (grants, comments and default privileges are beside the objects anyway). */
export function withoutNoise<S extends Pick<Snapshot, 'objects'>>(snapshot: S): S {
  return { ...snapshot, objects: snapshot.objects.filter((object) => !NOISE_KINDS.has(object.kind)).map(quiet) };
}

/** The snapshot as one sees it with the noise opened: what is kept beside the objects stands among them. */
export function withNoise<S extends Compared>(snapshot: S): S {
  return { ...snapshot, objects: [...snapshot.objects.map(quiet), ...(snapshot.satellites ?? [])] };
}

function quiet(object: SchemaObject): SchemaObject {
  if (![...NOISE_ATTRIBUTES].some((name) => object.attributes[name] !== undefined && object.attributes[name] !== null)) return object;
  return { ...object, attributes: Object.fromEntries(Object.entries(object.attributes).filter(([name]) => !NOISE_ATTRIBUTES.has(name))) };
}

function split(delta: Delta): Delta[] {
  if (delta.change !== 'change' || NOISE_KINDS.has(delta.kind)) return [delta];
  const noise = delta.attributes.filter(({ name }) => NOISE_ATTRIBUTES.has(name));
  const rest = delta.attributes.filter(({ name }) => !NOISE_ATTRIBUTES.has(name));
  return [...(rest.length > 0 ? [{ ...delta, attributes: rest }] : []), ...(noise.length > 0 ? [asideOf(delta, noise)] : [])];
}

/** What hangs on a new or leaving column, constraint, trigger … is carried by that delta; diff() carries only what belongs to a whole table. */
function withTheirTargets(deltas: readonly Delta[]): Delta[] {
  const coming = new Set(deltas.flatMap((delta) => (delta.change === 'change' ? [] : [delta.id])));
  const carriers = Map.groupBy(deltas.filter((delta) => coming.has(carrierOf(delta))), carrierOf);
  return deltas
    .filter((delta) => !coming.has(carrierOf(delta)))
    .map((delta) => (carriers.has(delta.id) ? { ...delta, carries: [...delta.carries, ...(carriers.get(delta.id) ?? []).map((one) => one.objectId)] } : delta));
}

/** Id of the delta that would carry a grant or comment. */
function carrierOf(delta: Delta): string {
  const target = (delta.desired ?? delta.current)?.attributes.target;
  return typeof target === 'string' && NOISE_KINDS.has(delta.kind) && delta.change !== 'change' ? `${delta.change}:${target}` : '';
}

function asideOf(delta: Delta, attributes: Delta['attributes']): Delta {
  return { ...delta, id: `${ASIDE}${delta.objectId}`, attributes };
}

/** Tables whose common columns stand in another order. */
function columnOrders(current: readonly SchemaObject[], desired: readonly SchemaObject[]): Map<string, Delta> {
  const before = columnsByTable(current);
  const tables = new Map(current.filter((object) => object.kind === 'table').map((object) => [object.id, object]));
  const wanted = new Map(desired.filter((object) => object.kind === 'table').map((object) => [object.id, object]));
  const orders = new Map<string, Delta>();
  for (const [id, columns] of columnsByTable(desired)) {
    const [table, twin, old] = [tables.get(id), wanted.get(id), before.get(id)];
    if (!table || !twin || !old) continue;
    const now = common(old, columns);
    const then = common(columns, old);
    if (now.every((name, at) => name === then[at])) continue;
    orders.set(id, { id: `${ASIDE}${id}`, change: 'change', kind: 'table', objectId: id, group: id, current: table, desired: twin, attributes: [{ name: 'columnOrder', current: now, desired: then }], carries: [] });
  }
  return orders;
}

function common(columns: readonly SchemaObject[], others: readonly SchemaObject[]): string[] {
  const known = new Set(others.map((column) => column.name));
  return columns.filter((column) => known.has(column.name)).sort((a, b) => (a.position ?? 0) - (b.position ?? 0)).map((column) => column.name);
}

function columnsByTable(objects: readonly SchemaObject[]): Map<string, SchemaObject[]> {
  return Map.groupBy(objects.filter((object) => object.kind === 'column' && object.parent !== null), (object) => object.parent ?? '');
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
