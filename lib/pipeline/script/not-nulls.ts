import { ident } from '../ddl.ts';
import type { Change } from '../kinds/kind.ts';
import { alterNotNull, comesFromParents, makeOwn, notNullCalled, setNotNull } from '../kinds/not-null.ts';
import { listOf, relationOf } from '../kinds/relation.ts';
import type { SchemaObject } from '../snapshot.ts';
import { staysUnder } from './heirs.ts';
import type { Action } from './order.ts';
import { RANK } from './rank.ts';
import { refuse, type Scope, spoken } from './scope.ts';
import { heirsBelow, type Side } from './side.ts';

// Since Postgres 18 NOT NULL is a constraint that heirs and partitions have from their parents under a name, and keep or lose with them. One that came from a parent takes no other name as
// long as the parent's stands: an heir that is to have its own name, or to have none of its own, is asked or let go before its parent asks.

/** The action that makes an heir's constraint what it is to be before its parent's comes or goes. */
export function holdKey(columnId: string): string {
  return `hold ${columnId}`;
}

/** Keys of what heirs must have been given before this column's NOT NULL changes, and of what its table's other columns have set aside. */
export function afterHolding(scope: Scope, column: SchemaObject): string[] {
  if (!scope.namesNotNulls) return [];
  return [...heirsBelow(scope.after, column).map(({ id }) => holdKey(id)), ...siblings(scope, column).map(({ id }) => holdKey(id))];
}

function siblings(scope: Scope, column: SchemaObject): SchemaObject[] {
  return (scope.before.children.get(column.parent ?? '') ?? []).filter((one) => one.kind === 'column' && one.id !== column.id && one.attributes.nullable === false);
}

function asksHeirs(column: SchemaObject | undefined): boolean {
  return column?.attributes.nullable === false && !listOf(column, 'notNullFlags').includes('NO INHERIT');
}

/** Whether a parent of the column asks its heirs for a value. */
function isLed(side: Side, column: SchemaObject): boolean {
  return side.leaders(column).some((leader) => asksHeirs(side.objects.get(leader)));
}

/** What is done to a column's NOT NULL, and what of it before its parent's changes. `statements`: all of the column's, in their order. */
export function inTheirTurn(scope: Scope, change: Change, statements: readonly string[]): { first: string[]; rest: string[] } {
  const plain = alterNotNull(change.current, change.desired, change.names);
  const { first, rest } = turns(scope, change, plain);
  return { first: [...first, ...keptBelow(scope, change)], rest: statements.flatMap((sql) => (sql === plain[0] ? rest : plain.includes(sql) ? [] : [sql])) };
}

function turns(scope: Scope, change: Change, plain: readonly string[]): { first: string[]; rest: string[] } {
  const { current, desired } = change;
  if (desired.attributes.nullable === true) return { first: [], rest: [...plain] };
  const under = staysUnder(scope, desired.id);
  const [led, willBeLed] = under ? [isLed(scope.before, current), isLed(scope.after, desired)] : [false, false];
  if (led && willBeLed) return { first: [], rest: plain.filter((sql) => !isRenaming(sql)) };
  if (!willBeLed) return aroundTaken(scope, change, plain);
  if (current.attributes.nullable === false && comesFromParents(desired)) return { first: [`ALTER TABLE ${relationOf(desired)} ALTER COLUMN ${ident(desired.name)} DROP NOT NULL`], rest: [] };
  if (current.attributes.nullable === false) return { first: [...plain], rest: [] };
  return { first: standsAlone(scope.after, desired) ? [setNotNull(desired)] : [], rest: [] };
}

/** It has what its parent's constraint would not bring: one that it declares itself, or under another name. */
function standsAlone(after: Side, column: SchemaObject): boolean {
  return column.attributes.nullable === false && !comesFromParents(column) && (column.attributes.notNullOwn === true || standsByAnotherName(after, column));
}

/** Its constraint is to be called otherwise than the one that its parent's brings. */
export function standsByAnotherName(after: Side, column: SchemaObject): boolean {
  return column.attributes.nullable === false && !comesFromParents(column) && after.leaders(column).some((id) => notNullCalled(after.objects.get(id) ?? column) !== notNullCalled(column));
}

/** As it is added where rows and heirs are asked afterwards. */
export function unasked(column: SchemaObject): SchemaObject {
  return { ...column, attributes: { ...column.attributes, nullable: true, notNullName: null } };
}

/** A new column comes to heirs and partitions under the name that its constraint has: where one of them calls its own otherwise, all are asked when they have it, from below. Empty where none does. */
export function askedByName(scope: Scope, ids: ReadonlySet<string>, column: SchemaObject): Action[] {
  if (!scope.namesNotNulls || !asksHeirs(column) || listOf(column, 'notNullFlags').length > 0) return [];
  const below = heirsBelow(scope.after, column).filter((heir) => ids.has(heir.id) && !ids.has(heir.parent ?? ''));
  if (!below.some((heir) => standsByAnotherName(scope.after, heir))) return [];
  const ask = (one: SchemaObject): Action => ({ key: `ask ${one.id}`, objectId: one.id, rank: RANK.create, sql: [setNotNull(one)], drops: [], creates: [], alters: [one.id], after: [`create ${one.id}`, ...scope.after.followers(one.id).map((id) => `ask ${id}`)] });
  return [column, ...below.filter((heir) => standsAlone(scope.after, heir))].map(ask);
}

/** A name that another column's constraint has so far is free when that one has stepped aside. */
function aroundTaken(scope: Scope, { current, desired }: Change, plain: readonly string[]): { first: string[]; rest: string[] } {
  const [from, to] = [notNullCalled(current), notNullCalled(desired)];
  const taken = (name: string) => siblings(scope, desired).some((one) => notNullCalled(one) === name);
  const gives = plain.some(isRenaming) && siblings(scope, desired).some((one) => scope.altered.has(one.id) && notNullCalled(scope.after.objects.get(one.id) ?? one) === from);
  if (!gives || !taken(to)) return { first: [], rest: [...plain] };
  const aside = `countersign_${desired.position}_not_null`;
  const rename = (old: string, name: string) => `ALTER TABLE ${relationOf(desired)} RENAME CONSTRAINT ${ident(old)} TO ${ident(name)}`;
  return { first: [rename(from, aside)], rest: plain.map((sql) => (isRenaming(sql) ? rename(aside, to) : sql)) };
}

function isRenaming(sql: string): boolean {
  return / RENAME CONSTRAINT /.test(sql);
}

/** DROP NOT NULL takes from heirs and partitions what they have from this column alone: those that go on asking make it their own before. */
function keptBelow(scope: Scope, { current, desired, names }: Change): string[] {
  if (!(names.has('nullable') || names.has('notNullFlags')) || asksHeirs(desired) || !asksHeirs(current)) return [];
  const stay = heirsBelow(scope.after, desired).filter((heir) => heir.attributes.nullable === false && !comesFromParents(heir)).flatMap((heir) => scope.before.objects.get(heir.id) ?? []);
  return stay.filter((heir) => heir.attributes.nullable === false).map(makeOwn);
}

/** What no statement does: another name for what a parent's constraint brought, and taking back what an heir declared beside its parent. */
export function refuseNotNulls(scope: Scope): void {
  if (!scope.namesNotNulls) return;
  for (const id of [...scope.added, ...scope.recreated.keys(), ...scope.altered.keys()]) {
    const column = scope.after.objects.get(id);
    if (column?.kind === 'column' && listOf(column, 'notNullFlags').includes('NO INHERIT') && scope.after.objects.get(column.parent ?? '')?.attributes.partitioned === true) refuse(scope, id, `${spoken(column)} is NOT NULL … NO INHERIT in a partitioned table, which no statement makes there.`);
  }
  for (const [id, { current, desired, names }] of scope.altered) {
    if (current.kind !== 'column' || current.attributes.nullable === true || desired.attributes.nullable === true) continue;
    if (![...names].some((name) => name.startsWith('notNull'))) continue;
    if (isLed(scope.before, current) && isLed(scope.after, desired) && staysUnder(scope, id)) refuseUnderParent(scope, current, desired);
    else refuseApart(scope, current, desired);
  }
}

function refuseUnderParent(scope: Scope, current: SchemaObject, desired: SchemaObject): void {
  if (comesFromParents(desired) && !comesFromParents(current)) refuse(scope, desired.id, `${spoken(desired)} declares NOT NULL beside its parent, and no statement takes that back while the parent's stands.`);
  if (comesFromParents(desired) || notNullCalled(current) === notNullCalled(desired)) return;
  const brought = scope.after.leaders(desired).some((id) => isRenamedAlike(scope, id, current, desired));
  if (!brought) refuse(scope, desired.id, `The not-null constraint of ${spoken(desired)} is called ${notNullCalled(current)} and is to be called ${notNullCalled(desired)}: no statement renames what a parent's constraint brought.`);
}

function isRenamedAlike(scope: Scope, leader: string, current: SchemaObject, desired: SchemaObject): boolean {
  const [before, after] = [scope.before.objects.get(leader), scope.after.objects.get(leader)];
  return before !== undefined && after !== undefined && asksHeirs(before) && asksHeirs(after) && notNullCalled(before) === notNullCalled(current) && notNullCalled(after) === notNullCalled(desired);
}

/** A parent's constraint is renamed with its heirs', which must be called as it is. */
function refuseApart(scope: Scope, current: SchemaObject, desired: SchemaObject): void {
  if (comesFromParents(desired) || !asksHeirs(current) || !asksHeirs(desired) || notNullCalled(current) === notNullCalled(desired)) return;
  const others = heirsBelow(scope.before, current).filter((heir) => staysUnder(scope, heir.id) && notNullCalled(heir) !== notNullCalled(current));
  const [other] = others;
  if (other) refuse(scope, desired.id, `The not-null constraint of ${spoken(desired)} is to be called ${notNullCalled(desired)}, and no statement renames it while that of ${spoken(other)} is called otherwise than it: ${notNullCalled(other)}.`);
}
