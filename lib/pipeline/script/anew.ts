import { ident } from '../ddl.ts';
import { listOf, textOf } from '../kinds/relation.ts';
import type { SchemaObject } from '../snapshot.ts';
import { joinsLater, leavesParent } from './heirs.ts';
import type { Scope } from './scope.ts';
import { defaultId, heirsBelow, type Side } from './side.ts';

// A table is made anew where no statement changes how its rows are placed: it is set aside with its partitions, the new one is made with all that is
// said of it, the rows come over, and what was set aside goes. These are the rules of what that takes along; anew-rows.ts has the statements.

/** Tables that are made anew with their rows: all that are on both sides and dropped and created. */
export function tablesAnew(scope: Scope): SchemaObject[] {
  return [...scope.recreated.keys()].flatMap((id) => (id.startsWith('table:') ? (scope.before.objects.get(id) ?? []) : []));
}

/** Those of them that bring rows of their own: a partition that stays with its table gets them through that one. */
export function rootsAnew(scope: Scope): SchemaObject[] {
  return tablesAnew(scope).filter((table) => goesWithin(scope, table) === null);
}

/** The table made anew within which a partition is set aside; null for what has rows of its own, also where it only leaves such a table. */
export function goesWithin(scope: Scope, table: SchemaObject): string | null {
  const of = table.kind === 'table' ? textOf(table, 'partitionOf') : null;
  const parent = of === null ? undefined : scope.before.objects.get(of);
  if (of === null || parent === undefined || !(scope.recreated.has(of) || (scope.removed.has(of) && goesWithin(scope, parent) !== null))) return null;
  return scope.removed.has(table.id) || (scope.recreated.has(table.id) && placedUnder(scope.after, table.id) === of) ? of : null;
}

/** Tables and foreign tables that are partitions of one, at any depth. */
export function partitionsBelow(side: Side, tableId: string): SchemaObject[] {
  const byParent = Map.groupBy(side.tables.filter((table) => textOf(table, 'partitionOf') !== null), (object) => textOf(object, 'partitionOf'));
  const below = (id: string): SchemaObject[] => (byParent.get(id) ?? []).flatMap((object) => [object, ...below(object.id)]);
  return below(tableId);
}

function placedUnder(side: Side, tableId: string): string | null {
  const table = side.objects.get(tableId);
  return table === undefined ? null : textOf(table, 'partitionOf');
}

/** Marks, before anything spreads, what comes with tables whose rows are placed otherwise. */
export function remakeWithRows(scope: Scope): void {
  for (const { current, names } of scope.altered.values()) {
    if (current.kind === 'column' && (names.has('type') || names.has('collation'))) for (const id of [...placedBy(scope, current), ...heirOfMany(scope, current)]) remake(scope, id, 'it differs');
  }
  for (const id of scope.added) if (borrows(scope, scope.after.objects.get(id))) remake(scope, scope.after.objects.get(id)?.parent ?? '', 'it differs');
  for (const id of [...scope.altered.keys()].filter((each) => keepsBorrowed(scope, each))) remake(scope, id, 'it differs');
  for (const { id } of tablesAnew(scope)) {
    scope.altered.delete(id);
    remakePartitions(scope, id);
    remakeHeirs(scope, id);
  }
  for (const { id } of rootsAnew(scope)) remakeAround(scope, id);
  for (const { id } of tablesAnew(scope)) remakeUnchecked(scope, id);
}

/** A new heir takes its parents' checks for kept: of those that are not, the parent's comes again when the heir is there. */
function remakeUnchecked(scope: Scope, id: string): void {
  for (const check of scope.after.children.get(id) ?? []) {
    if (check.attributes.type !== 'check' || check.attributes.inherited !== true || check.attributes.validated !== false) continue;
    for (const leader of scope.after.leaders(check)) remake(scope, leader, id);
  }
}

function remake(scope: Scope, id: string, why: string): void {
  if (scope.recreated.has(id) || scope.removed.has(id) || !scope.after.objects.has(id) || !scope.before.objects.has(id)) return;
  scope.recreated.set(id, why);
  scope.altered.delete(id);
}

/** Partitions that stay partitions of the same table come anew with it, foreign ones too, which hold no rows themselves. */
function remakePartitions(scope: Scope, id: string): void {
  for (const { id: partition } of partitionsBelow(scope.before, id).filter((each) => textOf(each, 'partitionOf') === id && placedUnder(scope.after, each.id) === id)) {
    remake(scope, partition, id);
    remakePartitions(scope, partition);
  }
}

/** No statement gives a column another type in all the parents that it comes from at once. */
function heirOfMany(scope: Scope, column: SchemaObject): string[] {
  return scope.before.leaders(column).filter((leader) => scope.after.objects.has(leader)).length > 1 && column.parent?.startsWith('table:') === true ? [column.parent] : [];
}

/** Heirs that stay heirs of the table come anew after it, each with the rows of its own. */
function remakeHeirs(scope: Scope, id: string): void {
  for (const heir of scope.before.dependents(id).flatMap((each) => scope.before.objects.get(each) ?? [])) {
    const wanted = scope.after.objects.get(heir.id);
    if (heir.kind !== 'table' || scope.recreated.has(heir.id) || !listOf(heir, 'inherits').includes(id) || !listOf(wanted ?? heir, 'inherits').includes(id)) continue;
    remake(scope, heir.id, id);
    remakeHeirs(scope, heir.id);
  }
}

/** A table that stands is put under a parent with columns of its own; that it has one from the parent alone is so only from its beginning. */
function borrows(scope: Scope, column: SchemaObject | undefined): boolean {
  if (column?.kind !== 'column' || column.attributes.inherited !== true || column.attributes.local !== false || !scope.before.objects.has(column.parent ?? '')) return false;
  return !scope.after.leaders(column).some((leader) => comesLate(scope, leader));
}

/** A new table gets it when others have joined, unless it has it itself from one that stands. */
function comesLate(scope: Scope, id: string): boolean {
  const column = scope.after.objects.get(id);
  return column !== undefined && (scope.added.has(id) || scope.recreated.has(id)) && scope.after.leaders(column).every((leader) => comesLate(scope, leader));
}

/** What comes from parents alone is the heir's own as soon as the last of these is left, and stays so when the heir comes under another, or under the same in another place. */
function keepsBorrowed(scope: Scope, id: string): boolean {
  return joinsLater(scope, id) && (scope.after.children.get(id) ?? []).some((wanted) => {
    const standing = scope.before.objects.get(wanted.id);
    if (standing === undefined || standing.attributes.inherited !== true || wanted.attributes.inherited !== true || wanted.attributes.local !== false || scope.recreated.has(wanted.id)) return false;
    return scope.before.leaders(standing).every((leader) => leavesParent(scope, id, scope.before.objects.get(leader)?.parent ?? null));
  });
}

/** Of the tables that a column is of or comes from, the uppermost, where it is part of how the rows of one of them, or of a partition below, are placed. */
function placedBy(scope: Scope, column: SchemaObject): string[] {
  const [leader] = scope.before.leaders(column);
  // One that leaves, or that only inherits, is changed apart from its parent.
  const of = placedUnder(scope.before, column.parent ?? '');
  if (leader !== undefined && of !== null && of === placedUnder(scope.after, column.parent ?? '') && scope.altered.has(leader)) return [];
  const tables = [column, ...heirsBelow(scope.before, column)].flatMap((each) => scope.before.objects.get(each.parent ?? '') ?? []);
  const after = tables.flatMap((table) => scope.after.objects.get(table.id) ?? []);
  return [...tables, ...after].some((table) => mentions(textOf(table, 'partitionKey') ?? '', column.name)) ? [column.parent ?? ''] : [];
}

export function mentions(expression: string, name: string): boolean {
  return ([...(expression.match(/"(?:[^"]|"")*"|'(?:[^']|'')*'|[\w$\u0080-\uffff]+/g) ?? [])] as string[]).includes(ident(name));
}

/** Foreign keys over the table that it is a partition of stand in the way of letting it go; triggers of tables that join would fire for the rows that come over. */
function remakeAround(scope: Scope, id: string): void {
  for (const fk of referrersOf(scope.before, id)) remake(scope, fk, id);
  for (const table of partitionsBelow(scope.after, id).filter((each) => scope.before.objects.has(each.id) && !scope.recreated.has(each.id))) {
    for (const child of scope.before.children.get(table.id) ?? []) if (child.kind === 'trigger' && / INSERT /.test(String(child.attributes.definition))) remake(scope, child.id, id);
  }
}

/** Foreign keys that find rows in a partition through the tables that it is of. */
export function referrersOf(side: Side, tableId: string): string[] {
  return above(side, tableId).flatMap((id) => [id, ...(side.children.get(id) ?? []).map((child) => child.id)].flatMap((each) => side.dependents(each)).filter((each) => { const attributes = side.objects.get(each)?.attributes; return attributes?.references === id && attributes.inherited !== true; }));
}

/** The tables that a partition is of, from the nearest. */
export function above(side: Side, tableId: string): string[] {
  const parent = placedUnder(side, tableId);
  return parent === null || !side.objects.has(parent) ? [] : [parent, ...above(side, parent)];
}

/** What became of columns on their own while changes spread is nothing beside a table that is made anew. */
export function settleWithRows(scope: Scope): void {
  const isAnew = (columnId: string) => scope.recreated.has(scope.before.objects.get(columnId)?.parent ?? '');
  for (const id of scope.throughText) if (isAnew(id)) scope.throughText.delete(id);
  for (const id of scope.defaultsReset) if (isAnew(id)) scope.defaultsReset.delete(id);
}

/** Columns whose values come over: on both sides, and not computed there. */
export function columnsOver(scope: Scope, tableId: string): { from: SchemaObject; to: SchemaObject }[] {
  return (scope.after.children.get(tableId) ?? []).filter((child) => child.kind === 'column' && textOf(child, 'generated') === null).toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0)).flatMap((to) => {
    const from = scope.before.objects.get(to.id);
    return from === undefined ? [] : [{ from, to }];
  });
}

/** The type of a column that comes over goes, or is made anew, and its name is wanted: until then its values are text. */
export function isTextAside(scope: Scope, columnId: string): boolean {
  return scope.before.needs(columnId).some((id) => TYPES.test(id) && leavesName(scope, id));
}

const TYPES = /^(?:enum|domain|composite_type|range_type):/;

function leavesName(scope: Scope, id: string): boolean {
  const name = id.slice(id.indexOf(':'));
  return scope.recreated.has(id) || (scope.removed.has(id) && [...scope.added].some((each) => each.endsWith(name) && TYPES.test(each)));
}

/** What a table that is set aside keeps resting on until its rows are over, and what goes therefore only then. */
export function heldAside(scope: Scope, table: SchemaObject): string[] {
  const tables = [table, ...partitionsBelow(scope.before, table.id).filter((each) => each.kind === 'table')];
  const places = tables.flatMap((each) => scope.before.needs(each.id)).filter((id) => !id.startsWith('table:'));
  const ids = tables.flatMap((each) => (scope.before.children.get(each.id) ?? []).filter((child) => child.kind === 'column').flatMap((column) => [...(isTextAside(scope, column.id) ? [] : [column.id]), ...(textOf(column, 'generated') === null ? [] : [defaultId(column.id)])]));
  return [...new Set([...places, ...ids.flatMap((id) => scope.before.needs(id))])].filter((id) => scope.removed.has(id) || scope.recreated.has(id)).filter((id) => !tables.some((each) => each.id === id || scope.before.objects.get(id)?.parent === each.id) && !id.startsWith('default:'));
}
