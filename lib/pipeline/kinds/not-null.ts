import { ident, inventedName } from '../ddl.ts';
import { type Attribute, parseObjectId, type SchemaObject } from '../snapshot.ts';
import { listOf, relationOf, textOf } from './relation.ts';

// Since Postgres 18 NOT NULL is a constraint: it has a name, can be NOT VALID or NO INHERIT, and an heir can declare it beside its parents. A name that the server made up says nothing
// of what a person wants, but a dump says it wherever tables and columns are called otherwise by now, or a partition has it from its table: it is kept apart from names that were chosen.

/** What Postgres 18 keeps of NOT NULL beyond the fact. */
export interface NotNull {
  /** Where it is not the table's and the column's. */
  name: string | null;
  flags: readonly string[] | null;
  /** Of an heir: whether it declares it itself, or has it from its parents alone. */
  own: boolean | null;
}

/** How the server's own names end. */
const MADE_UP = /_not_null\d*$/;

/** The attributes of a column that say how its constraint is called and whose it is. Of one that a parent brings along the name is the parent's business. */
export function notNullNames(notNull: NotNull | null, table: string, column: string): Readonly<Record<string, Attribute>> {
  const own = notNull?.own ?? null;
  return { ...notNullNamesFor(own === false ? null : (notNull?.name ?? null), table, column), ...(own === null ? {} : { notNullOwn: own }) };
}

/** Chosen and made-up names apart; none where it is as the server would call it today. */
export function notNullNamesFor(called: string | null, table: string, column: string | null): { notNullName: string | null; notNullCalled?: string } {
  if (called === null || called === inventedName(table, column, 'not_null')) return { notNullName: null };
  return MADE_UP.test(called) ? { notNullName: null, notNullCalled: called } : { notNullName: called };
}

/** The column's constraint keeps its name when its table or column gets another. */
export function keepingNotNull(before: SchemaObject, after: SchemaObject): SchemaObject {
  if (before.attributes.nullable !== false) return after;
  const called = notNullCalled(before);
  return comesFromParents(before) ? { ...after, aside: { ...after.aside, notNullCalled: called } } : callingNotNull(after, called);
}

/** The column with a constraint of this name. */
export function callingNotNull(column: SchemaObject, called: string): SchemaObject {
  const { notNullCalled: _, ...attributes } = column.attributes;
  return { ...column, attributes: { ...attributes, ...notNullNamesFor(called, tableOf(column), column.name) } };
}

/** A parent brings it along, and nothing of it is said of the heir. */
export function comesFromParents(column: SchemaObject): boolean {
  return column.attributes.notNullOwn === false;
}

/** The name that it is written with; null: the server finds it. */
export function writtenNotNull(column: SchemaObject): string | null {
  return textOf(column, 'notNullName') ?? textOf(column, 'notNullCalled');
}

/** How it is called, whoever named it. */
export function notNullCalled(column: SchemaObject): string {
  return writtenNotNull(column) ?? (typeof column.aside?.notNullCalled === 'string' ? column.aside.notNullCalled : inventedName(tableOf(column), column.name, 'not_null'));
}

function tableOf(column: SchemaObject): string {
  return parseObjectId(column.parent ?? '').path[1] ?? '';
}

/** As it stands in CREATE TABLE, of a column that the table does not declare. */
export function notNullClause(column: SchemaObject): string {
  const name = writtenNotNull(column);
  return `${name === null ? '' : `CONSTRAINT ${ident(name)} `}NOT NULL ${ident(column.name)}`;
}

/** One that not every row keeps yet, or that heirs do not get, is only made so. */
export function addNotNull(column: SchemaObject): string {
  const flags = listOf(column, 'notNullFlags').map((flag) => ` ${flag}`).join('');
  return `ALTER TABLE ${relationOf(column)} ADD CONSTRAINT ${ident(notNullCalled(column))} NOT NULL ${ident(column.name)}${flags}`;
}

/** NOT NULL for a column that stands, by its name where it has one of its own. */
export function setNotNull(column: SchemaObject): string {
  const plain = writtenNotNull(column) === null && listOf(column, 'notNullFlags').length === 0;
  return plain ? `ALTER TABLE ${relationOf(column)} ALTER COLUMN ${ident(column.name)} SET NOT NULL` : addNotNull(column);
}

/** The statements for what differs of it. */
export function alterNotNull(current: SchemaObject, desired: SchemaObject, names: ReadonlySet<string>): string[] {
  const all = `ALTER TABLE ${relationOf(desired)} ALTER COLUMN ${ident(desired.name)}`;
  const [before, after] = [listOf(current, 'notNullFlags'), listOf(desired, 'notNullFlags')];
  if (names.has('nullable') && desired.attributes.nullable === true) return [`${all} DROP NOT NULL`];
  if (desired.attributes.nullable === true) return [];
  if (names.has('nullable')) return comesFromParents(desired) ? [] : [setNotNull(desired)];
  const anew = names.has('notNullFlags') && (after.some((flag) => !before.includes(flag)) || before.some((flag) => flag === 'NO INHERIT' && !after.includes(flag)));
  if (anew) return [`${all} DROP NOT NULL`, addNotNull(desired)];
  const renames = renamed(current, desired, names);
  return [
    ...(names.has('notNullOwn') && comesFromParents(current) && desired.attributes.notNullOwn === true ? [makeOwn(current)] : []),
    ...renames,
    ...(names.has('notNullFlags') ? [`ALTER TABLE ${relationOf(desired)} VALIDATE CONSTRAINT ${ident(notNullCalled(renames.length > 0 ? desired : current))}`] : []),
  ];
}

/** What comes from a parent becomes the heir's as well, valid or not as it is. */
export function makeOwn(column: SchemaObject): string {
  return addNotNull(column);
}

function renamed(current: SchemaObject, desired: SchemaObject, names: ReadonlySet<string>): string[] {
  const [from, to] = [notNullCalled(current), notNullCalled(desired)];
  const speaks = ['notNullName', 'notNullCalled', 'notNullOwn'].some((name) => names.has(name)) && !comesFromParents(desired);
  return speaks && from !== to ? [`ALTER TABLE ${relationOf(desired)} RENAME CONSTRAINT ${ident(from)} TO ${ident(to)}`] : [];
}
