import { literal, qualified } from '../ddl.ts';
import type { Delta } from '../diff.ts';
import { listOf, textOf } from '../kinds/relation.ts';
import { boundsMeet } from '../partition-bounds.ts';
import { spoken } from '../script/scope.ts';
import { reached, type Scripted, withDefault } from '../script/side.ts';
import { objectId, parseObjectId, type SchemaObject } from '../snapshot.ts';
import { refuse, type Workbench } from './input.ts';
import { holdersOf } from './plain.ts';

/** What was not chosen, and the target as it is when the plan is done. */
interface Rest {
  left: readonly Delta[];
  /** Of these, what changes types, by object. */
  retyped: ReadonlyMap<string, Delta>;
  done: ReadonlyMap<string, SchemaObject>;
}

/**
 * Refuses differences that only come together with another that was not chosen, and names it: alone they would run and leave something else than was signed, or stop in the
 * middle. `done`: the target with what was chosen.
 */
export function refuseApart(bench: Workbench, done: Required<Scripted>): void {
  const chosen = new Set(bench.chosen.map((delta) => delta.id));
  const left = bench.differences.filter((delta) => !chosen.has(delta.id));
  const rest: Rest = { left, retyped: new Map(left.filter(changesTypes).map((delta) => [delta.objectId, delta])), done: new Map(done.objects.map((object) => [object.id, object])) };
  for (const delta of bench.chosen) {
    if (delta.change === 'remove') continue;
    refuseRetypedRead(bench, rest, delta);
    refuseKeyOfOtherTypes(bench, rest, delta);
    refuseKeyUnlike(bench, rest, delta);
    refusePartitionOfNone(bench, rest, delta);
    refuseBoundsInUse(bench, rest, delta);
    refuseInheritedAlone(bench, rest, delta);
    refuseSequenceOfAnotherOwner(bench, rest, delta);
    if (delta.change !== 'add') continue;
    refuseHeirBeforeParent(bench, rest, delta);
    refuseOfTypeUnlike(bench, rest, delta);
    for (const id of [delta.objectId, ...delta.carries]) refuseTakenName(bench, rest, delta, id);
  }
  for (const delta of bench.chosen) refuseColumnWithoutType(bench, rest, delta);
  for (const delta of bench.chosen) if (delta.kind === 'enum' && delta.change === 'change') refuseValueInUse(bench, rest, delta, done);
}

/** What says a value that its enum loses cannot be made again over the new one: a default, a check, a view. */
function refuseValueInUse(bench: Workbench, { left }: Rest, { current, desired, objectId: id }: Delta, done: Required<Scripted>): void {
  if (!current || !desired) return;
  const gone = listOf(current, 'labels').filter((label) => !listOf(desired, 'labels').includes(label)).map((label) => `${literal(label)}::${qualified(desired)}`);
  if (gone.length === 0) return;
  for (const object of done.objects) {
    if (!withDefault(object.id).some((each) => (done.dependencies[each] ?? []).includes(id))) continue;
    const said = gone.find((value) => Object.values(object.attributes).flat().some((text) => typeof text === 'string' && text.includes(value)));
    const other = said === undefined ? undefined : left.find(({ objectId: one }) => one === object.id);
    if (said === undefined) continue;
    refuse(bench, `${spoken(object)} says ${said}, a value that ${spoken(desired)} loses${other ? `: choose “${other.change} ${spoken(object)}” too, or leave both out.` : '. Change it first.'}`);
  }
}

function refuseOne(bench: Workbench, delta: Delta, why: string, other: Delta): void {
  const [object, theirs] = [delta.desired ?? delta.current, other.desired ?? other.current];
  if (object && theirs) refuse(bench, `${spoken(object)} ${why}: choose “${other.change} ${spoken(theirs)}” too, or leave both out.`);
}

/** The server says columns and text of a view, and what else it has parsed, by the types of what is read. */
function refuseRetypedRead(bench: Workbench, { retyped }: Rest, delta: Delta): void {
  const needs = (id: string) => bench.input.desiredSnapshot.dependencies?.[id] ?? [];
  const isView = delta.kind === 'view' || delta.kind === 'materialized_view';
  if (!isView && !PARSED.has(delta.kind)) return;
  const read = isView ? [...reached([delta.objectId], needs)] : needs(delta.objectId).filter((id) => id.startsWith('column:') || id.startsWith('view:'));
  const differing = read.filter((id) => id !== delta.objectId && retyped.has(id));
  // A view between is only told by what it reads in its turn.
  const other = retyped.get(differing.find((id) => !id.startsWith('view:')) ?? differing[0] ?? '');
  if (other && (isView || isSaidByType(delta, other))) refuseOne(bench, delta, `reads ${other.objectId.replace(':', ' ')}, whose type differs`, other);
}

/** Kinds of which the server keeps an expression, or a body that it has parsed. */
const PARSED: ReadonlySet<string> = new Set(['function', 'procedure', 'rule', 'policy', 'constraint', 'index']);
const WHOLE_NUMBERS: readonly unknown[] = ['smallint', 'integer', 'bigint'];

/** Casts, and numbers beside it, are said as the type of the column needs them; what has neither is said in one way. */
function isSaidByType({ desired }: Delta, other: Delta): boolean {
  const texts = Object.values(desired?.attributes ?? {}).flat().filter((value) => typeof value === 'string');
  const areWhole = [other.current, other.desired].every((column) => WHOLE_NUMBERS.includes(column?.attributes.type));
  return desired?.attributes.type !== 'foreign key' && texts.some((said) => said.includes('::') || (!areWhole && /\b\d/.test(said)));
}

function changesTypes({ change, kind, attributes }: Delta): boolean {
  if (change !== 'change') return false;
  if (kind === 'composite_type') return true;
  return attributes.some(({ name }) => (kind === 'column' || kind === 'domain' ? name === 'type' || name === 'collation' : kind === 'view' && name === 'columns'));
}

/** A foreign key whose two sides would be of types that are the same only over there. */
function refuseKeyOfOtherTypes(bench: Workbench, { retyped, done }: Rest, { kind, desired, ...delta }: Delta): void {
  const references = desired ? textOf(desired, 'references') : null;
  if (kind !== 'constraint' || !desired?.parent || references === null) return;
  const [own, theirs] = [columnIds(desired.parent, listOf(desired, 'columns')), columnIds(references, listOf(desired, 'referencedColumns'))];
  const at = own.findIndex((id, i) => typeIn(bench.desired, id) === typeIn(bench.desired, theirs[i]) && typeIn(done, id) !== typeIn(done, theirs[i]));
  const other = at < 0 ? undefined : (retyped.get(own[at] ?? '') ?? retyped.get(theirs[at] ?? ''));
  if (other) refuseOne(bench, { ...delta, kind, desired }, `joins columns of which one has another type in ${bench.input.target}`, other);
}

function columnIds(table: string, names: readonly string[]): string[] {
  return names.map((name) => objectId('column', ...parseObjectId(table).path, name));
}

function typeIn(objects: ReadonlyMap<string, SchemaObject>, id: string | undefined): unknown {
  return objects.get(id ?? '')?.attributes.type;
}

/** A foreign key whose other side has its key over other columns here, or has it checked late, which the server does not refer to. */
function refuseKeyUnlike(bench: Workbench, { left, done }: Rest, delta: Delta): void {
  const references = delta.kind === 'constraint' && delta.desired ? textOf(delta.desired, 'references') : null;
  const other = left.find(({ kind, group, change, objectId: id }) => kind === 'constraint' && group === references && change === 'change' && bench.input.desiredSnapshot.dependencies?.[delta.objectId]?.includes(id));
  if (!other || !delta.desired) return;
  const columns = listOf(delta.desired, 'referencedColumns').toSorted().join('\0');
  const serves = ({ parent, kind, attributes }: SchemaObject) => parent === references && kind === 'constraint' && ['primary key', 'unique'].includes(String(attributes.type)) && (attributes.deferrable ?? 'NOT DEFERRABLE') === 'NOT DEFERRABLE';
  if ([...done.values()].some((object) => serves(object) && listOf(object, 'columns').toSorted().join('\0') === columns)) return;
  refuseOne(bench, delta, `refers to ${spoken(other.desired ?? delta.desired)}, which is another key in ${bench.input.target}`, other);
}

/** A table of a type has the columns that the type has here. */
function refuseOfTypeUnlike(bench: Workbench, { left }: Rest, delta: Delta): void {
  if (delta.kind !== 'table' || !delta.desired || textOf(delta.desired, 'ofType') === null) return;
  const needs = bench.input.desiredSnapshot.dependencies?.[delta.objectId] ?? [];
  const other = left.find(({ kind, change, objectId: id }) => kind === 'composite_type' && change === 'change' && needs.includes(id));
  if (other) refuseOne(bench, delta, `is a table of ${other.objectId.replace('composite_type:', '')}, which differs`, other);
}

/** What a parent has, its new heir or partition is given. */
function refuseHeirBeforeParent(bench: Workbench, { left }: Rest, delta: Delta): void {
  const parents = delta.desired ? [textOf(delta.desired, 'partitionOf') ?? '', ...listOf(delta.desired, 'inherits')] : [];
  const family = bench.desiredFamily.get(delta.objectId) ?? [];
  const given = ({ kind, change, desired, current, group }: Delta) => parents.includes(group) && ['column', 'constraint', 'index'].includes(kind)
    && (change === 'remove' ? kind !== 'index' || current?.attributes.inherited === true : family.some((object) => object.kind === kind && object.attributes.inherited === true && (object.name === desired?.name || textOf(object, 'partitionOf') === desired?.id)));
  const other = left.find(given);
  if (other) refuseOne(bench, delta, `is given what ${other.group.replace(':', ' ')} has, of which ${other.kind} ${(other.desired ?? other.current)?.name ?? ''} differs`, other);
}

function refusePartitionOfNone(bench: Workbench, { left, done }: Rest, delta: Delta): void {
  const parent = delta.desired ? textOf(delta.desired, 'partitionOf') : null;
  if (parent === null || !['table', 'foreign_table'].includes(delta.kind) || done.get(parent)?.attributes.partitioned !== false) return;
  const other = left.find(({ objectId: one }) => one === parent);
  if (other) refuseOne(bench, delta, `becomes a partition of ${parent.replace(':', ' ')}, which is not partitioned in ${bench.input.target}`, other);
}

/** A column that comes from another table has the type that it has there. */
function refuseInheritedAlone(bench: Workbench, { retyped }: Rest, delta: Delta): void {
  const table = delta.kind === 'column' && changesTypes(delta) && delta.desired?.attributes.inherited === true ? bench.desired.get(delta.group) : undefined;
  const parents = table ? [textOf(table, 'partitionOf') ?? [], listOf(table, 'inherits')].flat() : [];
  const other = parents.flatMap((parent) => retyped.get(objectId('column', ...parseObjectId(parent).path, delta.desired?.name ?? '')) ?? [])[0];
  if (other) refuseOne(bench, delta, `has the type of ${other.objectId.replace(':', ' ')}, from which it comes`, other);
}

/** The server asks of each row which one partition it belongs to. */
function refuseBoundsInUse(bench: Workbench, { left, done }: Rest, delta: Delta): void {
  const [own, parent] = delta.desired ? [textOf(delta.desired, 'partitionBound'), textOf(delta.desired, 'partitionOf')] : [null, null];
  if (own === null || parent === null || (delta.change === 'change' && !delta.attributes.some(({ name }) => name === 'partitionOf' || name === 'partitionBound'))) return;
  const other = left.find(({ objectId: id }) => { const one = id === delta.objectId ? undefined : done.get(id); return one !== undefined && textOf(one, 'partitionOf') === parent && boundsMeet(own, textOf(one, 'partitionBound') ?? ''); });
  if (other) refuseOne(bench, delta, `takes rows that ${other.objectId.replace(':', ' ')} has in ${bench.input.target}`, other);
}

/** Postgres lets a sequence belong to a column of its own owner's tables alone; owners are not a plan's. */
function refuseSequenceOfAnotherOwner(bench: Workbench, { done }: Rest, { kind, attributes, desired, objectId: id }: Delta): void {
  const column = kind === 'sequence' && attributes.some(({ name }) => name === 'ownedBy') && desired ? done.get(textOf(desired, 'ownedBy') ?? '') : undefined;
  const [table, sequence] = [done.get(column?.parent ?? ''), done.get(id)];
  const [owner, other] = [table?.aside?.owner, sequence?.aside?.owner];
  // What is new is of whoever makes it, which nobody knows here.
  if (!table || !sequence || typeof owner !== 'string' || typeof other !== 'string' || owner === other) return;
  refuse(bench, `${spoken(sequence)} is of ${other} and ${spoken(table)} of ${owner}: a sequence belongs to a column only where one role owns both. Change the owner of one first.`);
}

function refuseTakenName(bench: Workbench, { left, done }: Rest, delta: Delta, id: string): void {
  const holder = holdersOf(bench, bench.desired.get(id)).find((each) => done.has(each));
  if (holder === undefined) return;
  const other = left.find(({ objectId: one, change, group, carries }) => change === 'remove' && (one === holder || carries.includes(holder) || group === holder));
  const held = `takes the name ${id.slice(id.indexOf(':') + 1)}, which ${holder.replace(':', ' ')} has in ${bench.input.target}`;
  if (other) refuseOne(bench, delta, held, other);
  else if (delta.desired) refuse(bench, `${spoken(delta.desired)} ${held} and keeps.`);
}

/** Columns of a table that is of a type come, go and change with the type. */
function refuseColumnWithoutType(bench: Workbench, { left }: Rest, delta: Delta): void {
  if (delta.kind !== 'column' || (delta.change === 'change' && !changesTypes(delta))) return;
  const [before, after] = [bench.current.get(delta.group), bench.desired.get(delta.group)];
  const type = before ? textOf(before, 'ofType') : null;
  if (type === null || !after || textOf(after, 'ofType') !== type) return;
  const other = left.find(({ objectId: one, kind }) => kind === 'composite_type' && (bench.input.desiredSnapshot.dependencies?.[delta.group] ?? []).includes(one));
  if (other) refuseOne(bench, delta, `is a column of a table of the type ${type}`, other);
}
