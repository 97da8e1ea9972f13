import { qualified } from '../ddl.ts';
import { castIsHarmless } from '../casts.ts';
import { fieldNames, renamedFields } from '../kinds/composite-type.ts';
import { kindOf } from '../kinds/all.ts';
import { textOf } from '../kinds/relation.ts';
import type { SchemaObject } from '../snapshot.ts';
import { columnsOver, isTextAside, mentions, tablesAnew } from './anew.ts';
import { refuseWithRows } from './anew-refusals.ts';
import { isComplete } from './incomplete.ts';
import { refuseHalfOwn } from './left-to-heirs.ts';
import { readByPlace } from './places.ts';
import { isFilled, userOfRows } from './rows.ts';
import { refuse, type Scope, spoken } from './scope.ts';
import { defaultId, reached, type Side } from './side.ts';
import { misordered } from './typed.ts';

/** What Postgres does not do, or only with harm to rows: said by name, so that no script fails half-way or loses anything in silence. */
export function refuseWhatCannotBe(scope: Scope): void {
  // What cannot be changed in place is as wanted when it is made anew for another reason.
  scope.refusals = scope.refusals.filter(({ objectId: id }) => !scope.recreated.has(id));
  for (const [id, why] of scope.recreated) refuseLoss(scope, id, why);
  refuseWithRows(scope);
  for (const table of tablesAnew(scope)) for (const { from } of columnsOver(scope, table.id)) refuseReading(scope, from.id);
  for (const table of tablesAnew(scope)) refuseRowsElsewhere(scope, table);
  for (const id of scope.added) refuseCreation(scope, id);
  for (const id of [...scope.throughText, ...scope.altered.keys()]) {
    refuseReading(scope, id);
    refuseRetyping(scope, id);
  }
  for (const id of scope.added) refuseComputing(scope, id);
  for (const id of [...scope.added, ...scope.altered.keys()]) refuseIdentity(scope, id);
  for (const id of [...scope.added, ...scope.altered.keys()]) refuseNumbersOverDefault(scope, id);
  for (const id of [...scope.recreated.keys(), ...scope.defaultsReset]) refuseUnsupported(scope, id);
  for (const id of scope.removed) refuseOrphans(scope, id);
  for (const id of scope.removed) refuseHalfOwn(scope, id);
  for (const id of [...scope.added, ...scope.removed]) if (id.startsWith('subscription:')) refuse(scope, id, `${id.replace(':', ' ')} takes rows from another server, by a connection that no reading holds: it is made and dropped there and here by hand.`);
  for (const id of [...scope.added, ...scope.recreated.keys(), ...scope.altered.keys()]) refusePlaces(scope, id);
  for (const { id, columns } of misordered(scope)) refuse(scope, id, `${id.replace(':', ' ')} is a typed table, which needs its columns in the order of the type: ${columns}.`);
}

/** The order of columns is never forced, and a view that names them by their place would read others. */
function refusePlaces(scope: Scope, id: string): void {
  const found = readByPlace(scope, id);
  if (found !== null) refuse(scope, id, `${spoken(scope.after.objects.get(id) ?? found.table)} names the columns of ${spoken(found.table)} by their place, and needs them in this order: ${found.columns}. Here it would read others.`);
}

/** Not every difference was chosen: a function that this calls goes, and it stays as it is. A relation may leave its name to another. */
function refuseUnsupported(scope: Scope, id: string): void {
  const object = scope.after.objects.get(id);
  if (!object || scope.throughText.has(id)) return;
  const gone = scope.after.needs(scope.defaultsReset.has(id) ? defaultId(id) : id).find((each) => each.startsWith('function:') && scope.removed.has(each) && !scope.after.objects.has(each));
  if (gone !== undefined) refuse(scope, id, `${scope.defaultsReset.has(id) ? 'the default of ' : ''}${spoken(object)} rests on ${gone.replace(':', ' ')}, which goes.`);
}

/** A new column that gets a value in the rows that are there, be it a constant, makes the server look at rows of the table wherever they stand: it does not while other tables hold them. */
function refuseComputing(scope: Scope, id: string): void {
  const column = scope.after.objects.get(id);
  if (column?.kind !== 'column' || scope.added.has(column.parent ?? '')) return;
  const user = isFilled(scope.after, column) ? holderOfRows(scope, column.parent ?? '') : null;
  if (user !== null) refuse(scope, id, `${spoken(column)} gets a value in every row, and ${spoken(user)} holds rows of the same table, which no statement rewrites.`);
}

function holderOfRows(scope: Scope, tableId: string): SchemaObject | null {
  return userOfRows(scope.before, tableId, (id) => scope.after.objects.has(id));
}

/** Where the index is gone by which a table told its rows apart, the server takes it for NOTHING, remembers that there was an index, and no statement makes it so. */
function refuseIdentity(scope: Scope, id: string): void {
  const table = scope.after.objects.get(id);
  if (table?.kind !== 'table' || textOf(table, 'replicaIdentity') !== 'index' || textOf(table, 'replicaIdentityIndex') !== null) return;
  const names = scope.altered.get(id)?.names;
  if (names === undefined || names.has('replicaIdentity') || names.has('replicaIdentityIndex')) refuse(scope, id, `${spoken(table)} tells its rows apart by an index that is gone where it comes from, and no statement says so. The script says REPLICA IDENTITY NOTHING, which is what the server makes of it.`);
}

/** A partition can have a default of its own in a column that its table numbers, if it had it before it became one; no statement gives it one, takes it, or numbers the column over it. */
function refuseNumbersOverDefault(scope: Scope, id: string): void {
  const column = scope.after.objects.get(id);
  if (!scope.numbersPartitions || column?.kind !== 'column' || textOf(column, 'generated') !== null) return;
  const numbered = (side: Side, each: string): boolean => { const one = side.objects.get(each); return one !== undefined && (textOf(one, 'identity') !== null || (isPartition(side, one) && side.leaders(one).some((leader) => numbered(side, leader)))); };
  if (!numbered(scope.after, id)) return;
  for (const part of reached([id], scope.after.followers)) {
    const [before, after] = [scope.before.objects.get(part), scope.after.objects.get(part)];
    const table = scope.before.objects.get(after?.parent ?? '');
    if (!after || !table || scope.recreated.has(table.id) || !isPartition(scope.after, after) || !isPartition(scope.before, after)) continue;
    const [was, is] = [before ? textOf(before, 'default') : null, textOf(after, 'default')];
    const stays = before !== undefined && numbered(scope.before, part);
    if (stays ? was !== is : is !== null) refuse(scope, part, `${spoken(after)} is numbered with the table that it is a partition of, and ${is === null ? 'loses a default of its own' : 'has a default of its own besides'}: no statement says that of a partition.`);
  }
}

function isPartition(side: Side, column: SchemaObject): boolean {
  const table = side.objects.get(column.parent ?? '');
  return table !== undefined && textOf(table, 'partitionOf') !== null;
}

/** A type, or a table whose rows it holds, goes from under a column that stays and keeps a type of that name. */
function refuseOrphans(scope: Scope, id: string): void {
  const gone = scope.before.objects.get(id);
  if (!gone || gone.parent !== null) return;
  for (const each of scope.before.dependents(id)) {
    const column = scope.before.objects.get(each);
    if (column?.kind !== 'column' || scope.removed.has(each) || scope.recreated.has(each) || scope.throughText.has(each) || scope.altered.get(each)?.names.has('type') === true) continue;
    if (scope.after.needs(each).includes(id) || textOf(column, 'type')?.replace(/(\[\])+$/, '') !== qualified(gone)) continue;
    refuse(scope, each, `${spoken(column)} holds values of ${spoken(gone)}, which goes and leaves its name to something of another kind: no statement turns the one into the other.`);
  }
}

function refuseRowsElsewhere(scope: Scope, table: SchemaObject): void {
  const user = holderOfRows(scope, table.id);
  if (user !== null) refuse(scope, table.id, `${spoken(table)} is made anew, and ${spoken(user)} holds rows of the same table, which no statement rewrites.`);
}

/** Postgres keeps the type of a column that rows are placed by, that stands in rows of other tables, or that comes from two parents. */
function refuseRetyping(scope: Scope, id: string): void {
  const column = scope.before.objects.get(id);
  if (column?.kind !== 'column') return;
  const names = scope.altered.get(id)?.names;
  if (!scope.throughText.has(id) && names?.has('type') !== true && names?.has('collation') !== true) return;
  const key = textOf(scope.before.objects.get(column.parent ?? '') ?? column, 'partitionKey');
  if (key !== null && mentions(key, column.name)) refuse(scope, id, `${spoken(column)} is part of the partition key of its table, and no statement gives such a column another type.`);
  const user = holderOfRows(scope, column.parent ?? '');
  if (user !== null) refuse(scope, id, `${spoken(column)} gets another type, and ${spoken(user)} holds rows of the same table, which no statement rewrites.`);
  const heir = localHeirOf(scope, column);
  const [from, to] = [scope.before, scope.after].map((side) => textOf(side.objects.get(id) ?? column, 'type') ?? '');
  if (heir !== null && !castIsHarmless(from ?? '', to ?? '')) refuse(scope, id, `${spoken(column)} is of another server, and ${spoken(heir)} inherits it with rows of its own: no statement turns their values into ${to}.`);
  const parents = scope.before.leaders(column).filter((leader) => scope.after.objects.has(leader));
  if (parents.length > 1) refuse(scope, id, `${spoken(column)} is inherited from ${parents.length} tables, and no statement gives all of them another type at once.`);
}

/** A table that holds rows itself and has a column from a foreign table, whose type takes no USING; null: none. */
function localHeirOf(scope: Scope, column: SchemaObject): SchemaObject | null {
  if (column.parent?.startsWith('foreign_table:') !== true) return null;
  const tables = [...reached([column.id], scope.before.followers)].flatMap((id) => scope.before.objects.get(scope.before.objects.get(id)?.parent ?? '') ?? []);
  return tables.find((table) => table.kind === 'table' && scope.after.objects.has(table.id)) ?? null;
}

/**
 * The text of a row names no field: a composite type whose fields stand in another order would read the old rows wrongly, and not even fail. Columns that hold it, or hold a type that holds it, do not go through text.
 */
function refuseReading(scope: Scope, id: string): void {
  const column = scope.before.objects.get(id);
  if (column?.kind !== 'column' || !(scope.throughText.has(id) || isTextAside(scope, id) || scope.altered.get(id)?.names.has('type') === true || comesOverOtherwise(scope, column))) return;
  const held = compositesIn(scope.after, id);
  for (const type of compositesIn(scope.before, id)) {
    const [before, after] = [scope.before, scope.after].map((side) => side.objects.get(type));
    if (!before) continue;
    if (after && held.includes(type)) {
      if (scope.recreated.has(type) && renamedFields(before, after) === null) refuse(scope, id, `${spoken(column)} holds rows of ${spoken(before)}, whose fields get another order, or new ones between them: the old rows would be read wrongly.`);
      continue;
    }
    const others = held.flatMap((each) => scope.after.objects.get(each) ?? []);
    if (others[0] && !others.some((other) => fieldNames(other).join() === fieldNames(before).join())) refuse(scope, id, `${spoken(column)} holds rows of ${spoken(before)}, and ${spoken(others[0])} has other fields, or has them in another order: the old rows would be read wrongly.`);
  }
}

function comesOverOtherwise(scope: Scope, column: SchemaObject): boolean {
  const wanted = scope.after.objects.get(column.id);
  return wanted !== undefined && scope.recreated.has(column.parent ?? '') && textOf(column, 'type') !== textOf(wanted, 'type');
}

/** Composite types in the type of a column. */
export function compositesIn(side: Side, columnId: string): string[] {
  const parent = side.objects.get(columnId)?.parent;
  return [...reached(side.needs(columnId).filter((id) => id !== parent), side.needs)].filter((id) => id.startsWith('composite_type:'));
}

/** The column differs, or comes with the column of a parent that does. */
function differsItself(scope: Scope, column: SchemaObject): boolean {
  const why = scope.recreated.get(column.id);
  const parent = why === undefined || !scope.before.leaders(column).includes(why) ? undefined : scope.before.objects.get(why);
  return why === 'it differs' || (parent !== undefined && differsItself(scope, parent));
}

function refuseLoss(scope: Scope, id: string, why: string): void {
  const object = scope.before.objects.get(id);
  if (!object) return;
  const because = why === 'it differs' ? 'the difference needs it dropped and created again' : `it rests on ${why.replace(':', ' ')}, which is made anew`;
  const wanted = scope.after.objects.get(id);
  // A column that is computed from now on has no use for its values; that they go is said as a hazard.
  if (object.kind === 'column' && wanted && (differsItself(scope, object) || textOf(object, 'generated') !== null)) return;
  const rowsCome = object.kind === 'table' || (object.kind === 'column' && scope.recreated.has(object.parent ?? ''));
  if (kindOf(object.kind).holdsData && !rowsCome && object.parent?.startsWith('foreign_table:') !== true) refuse(scope, id, `${spoken(object)} holds data, and ${because}.`);
  if (object.kind === 'user_mapping') refuse(scope, id, `${spoken(object)} holds passwords that are not in a snapshot, and ${because}.`);
  refuseCreation(scope, id);
}

/** What can be compared but not made. */
function refuseCreation(scope: Scope, id: string): void {
  const object = scope.after.objects.get(id);
  if (!object) return;
  if (object.kind === 'index' && object.attributes.valid === false && object.attributes.inherited !== true && !isPartitionedIndex(scope, object)) refuse(scope, id, `${spoken(object)} is invalid where it comes from: it is left by a build that failed.`);
  if (object.attributes.valid === false && isPartitionedIndex(scope, object) && isComplete(scope.after, object)) refuse(scope, id, `${spoken(object)} is invalid where it comes from, although every partition has a part of it: it is left by a partition that went without one, and here it would be valid.`);
  const excludes = object.attributes.type === 'exclusion' ? 'exclusion constraint' : 'key over a period';
  if (object.kind === 'constraint' && (object.attributes.type === 'exclusion' || / WITHOUT OVERLAPS\)/.test(String(object.attributes.definition))) && textOf(object, 'partitionOf') !== null) refuse(scope, id, `${spoken(object)} is part of the ${excludes} of a partitioned table, and no statement makes one a part of another.`);
  if (object.kind === 'user_mapping' && Array.isArray(object.attributes.options) && object.attributes.options.length > 0) refuse(scope, id, `${spoken(object)} has options, which may hold passwords and are not in a snapshot.`);
}

function isPartitionedIndex(scope: Scope, object: SchemaObject): boolean {
  return scope.after.objects.get(object.parent ?? '')?.attributes.partitioned === true;
}
