import { ident } from '../ddl.ts';
import type { Delta } from '../diff.ts';
import type { Check, Rule } from '../evidence.ts';
import { tableKey } from '../expectation.ts';
import { boundsRule } from '../new-rule.ts';
import { type PartitionKey, partitionKeyOf, speaksOf, withinBounds } from '../partition-bounds.ts';
import type { Scripted } from '../script/side.ts';
import type { SchemaObject } from '../snapshot.ts';
import { allRows } from './violations.ts';
import { columnsOf, primaryKeyOf, tableName, text, type Workbench } from './input.ts';

interface Placed {
  parent: SchemaObject;
  key: PartitionKey;
  bound: string;
  /** Bounds of the parent's other partitions. */
  others: readonly string[];
}

/**
 * Tables with rows that become partitions, or whose bounds move, and DEFAULT partitions beside which others come: the rows that would stand outside, which make the
 * server refuse. `done`: the target with what was chosen. What cannot be asked (an operator class, a key over a column that is not there yet) is left to the step.
 */
export function boundsChecks(bench: Workbench, deltas: readonly Delta[], done: Required<Scripted>): Check[] {
  const tables = done.objects.filter((object) => object.kind === 'table' || object.kind === 'foreign_table');
  const parts = Map.groupBy(tables.filter((object) => text(object, 'partitionOf') !== null), (object) => text(object, 'partitionOf') ?? '');
  const moving = deltas.filter(({ kind, change, current, desired }) => (kind === 'table' || kind === 'foreign_table') && change !== 'remove' && desired && text(desired, 'partitionOf') !== null && (!current || ['partitionOf', 'partitionBound'].some((name) => text(current, name) !== text(desired, name))));
  const ids = new Set(moving.map(({ objectId: id }) => id));
  const beside = moving.flatMap(({ desired }) => (parts.get(text(desired as SchemaObject, 'partitionOf') ?? '') ?? []).filter((part) => text(part, 'partitionBound') === 'DEFAULT'));
  const asked = new Map([...tables.filter(({ id }) => ids.has(id)), ...beside].map((object) => [object.id, object]));
  const byId = new Map(tables.map((object) => [object.id, object]));
  const groups = new Set(deltas.map((delta) => delta.group));
  const anew = tables.filter(({ id, attributes }) => attributes.partitioned === true && bench.anew.has(id) && groups.has(id));
  return [...[...asked.values()].flatMap((object) => checkOf(bench, object, placesOf(byId, parts, object))), ...anew.flatMap((object) => homelessCheck(bench, object, parts))];
}

/** Of a table that is made anew as a partitioned one: the rows that none of its partitions would take. */
function homelessCheck(bench: Workbench, object: SchemaObject, parts: ReadonlyMap<string, readonly SchemaObject[]>): Check[] {
  const standing = bench.current.get(object.id);
  const key = partitionKeyOf(text(object, 'partitionKey') ?? '');
  if (standing?.kind !== 'table' || key === null) return [];
  const [table, family] = [tableName(standing), bench.currentFamily.get(standing.id) ?? []];
  const [columns, wanted] = [columnsOf(family), columnsOf(bench.desiredFamily.get(object.id) ?? [])];
  const keys = [key, ...partitionsOf(object, parts).flatMap((part) => partitionKeyOf(text(part, 'partitionKey') ?? '') ?? [])];
  const named = wanted.filter((column) => keys.some((one) => speaksOf(one, column.name)));
  const condition = taken(object, key, parts);
  if (condition === null || condition === 'true' || named.some(({ name }) => !columns.some((column) => column.name === name))) return [];
  const rule = boundsRule({ from: `(${asWanted(allRows(table), columns, named)}) r`, key: primaryKeyOf(family) }, `a partition for every row, by ${text(object, 'partitionKey') ?? ''}`, condition, named.map((column) => column.name));
  return [{ id: `places:${tableKey(table)}`, kind: 'violations', table, rules: [rule] }];
}

/** All below it. */
function partitionsOf(object: SchemaObject, parts: ReadonlyMap<string, readonly SchemaObject[]>): SchemaObject[] {
  return (parts.get(object.id) ?? []).flatMap((part) => [part, ...partitionsOf(part, parts)]);
}

/** A condition over a row: one of the partitions takes it. Null: not known here. Where partitions by hash are missing no row is sure of a place. */
function taken(object: SchemaObject, key: PartitionKey, parts: ReadonlyMap<string, readonly SchemaObject[]>): string | null {
  const own = parts.get(object.id) ?? [];
  const bounds = own.map((part) => text(part, 'partitionBound') ?? '');
  if (key.strategy === 'HASH') return isWholeHash(bounds) ? (own.some((part) => part.attributes.partitioned === true) ? null : 'true') : 'false';
  const each = own.map((part, at): string | null => {
    const inside = withinBounds(tableName(object), key, bounds[at] ?? '', bounds.toSpliced(at, 1));
    if (part.attributes.partitioned !== true) return inside;
    const below = partitionKeyOf(text(part, 'partitionKey') ?? '');
    const further = below === null ? null : taken(part, below, parts);
    return inside === null || further === null ? null : `(${inside} AND ${further})`;
  });
  return each.includes(null) ? null : `(${each.join(' OR ') || 'false'})`;
}

function isWholeHash(bounds: readonly string[]): boolean {
  const shares = bounds.map((bound) => 1 / Number(/modulus (\d+)/i.exec(bound)?.[1] ?? Infinity));
  return Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-9;
}

/** Between the bounds of its parent, and of whatever that is a partition of. */
function placesOf(byId: ReadonlyMap<string, SchemaObject>, parts: ReadonlyMap<string, readonly SchemaObject[]>, object: SchemaObject): Placed[] {
  const parent = byId.get(text(object, 'partitionOf') ?? '');
  const [key, bound] = [partitionKeyOf(text(parent ?? object, 'partitionKey') ?? ''), text(object, 'partitionBound')];
  if (!parent || key === null || bound === null) return [];
  const others = (parts.get(parent.id) ?? []).filter(({ id }) => id !== object.id).map((other) => text(other, 'partitionBound') ?? '');
  return [{ parent, key, bound, others }, ...placesOf(byId, parts, parent)];
}

function checkOf(bench: Workbench, object: SchemaObject, places: readonly Placed[]): Check[] {
  const standing = bench.current.get(object.id);
  if (standing?.kind !== 'table') return [];
  const [table, family] = [tableName(standing), bench.currentFamily.get(standing.id) ?? []];
  const [columns, wanted] = [columnsOf(family), columnsOf(bench.desiredFamily.get(object.id) ?? [])];
  const rules = places.flatMap(({ parent, key, bound, others }): Rule[] => {
    const named = wanted.filter((column) => speaksOf(key, column.name));
    const condition = isAnswered(bench, parent, key) ? withinBounds(tableName(parent), key, bound, others) : null;
    if (condition === null || named.some(({ name }) => !columns.some((column) => column.name === name))) return [];
    return [boundsRule({ from: `(${asWanted(allRows(table), columns, named)}) r`, key: primaryKeyOf(family) }, `${tableKey(tableName(parent))} ${bound}`, condition, named.map((column) => column.name))];
  });
  return rules.length === 0 ? [] : [{ id: `bounds:${tableKey(table)}`, kind: 'violations', table, rules }];
}

/** Hashes are asked of the parent as it stands. */
function isAnswered(bench: Workbench, parent: SchemaObject, { strategy }: PartitionKey): boolean {
  const standing = bench.current.get(parent.id);
  return strategy !== 'HASH' || (standing !== undefined && text(standing, 'partitionKey') === text(parent, 'partitionKey'));
}

/** The rows with the types that the named columns will have. */
function asWanted(rows: string, columns: readonly SchemaObject[], named: readonly SchemaObject[]): string {
  const types = new Map(named.map((column) => [column.name, text(column, 'type')]));
  const retyped = columns.filter((column) => types.has(column.name) && types.get(column.name) !== text(column, 'type'));
  if (retyped.length === 0) return rows;
  return `SELECT ${columns.map((column) => (retyped.includes(column) ? `${ident(column.name)}::${types.get(column.name) ?? ''} AS ${ident(column.name)}` : ident(column.name))).join(', ')} FROM (${rows}) t`;
}
