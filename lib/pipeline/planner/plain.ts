import { columnSettings } from '../ddl.ts';
import { type Delta, sameAttribute } from '../diff.ts';
import { kindLabel, kindOf } from '../kinds/all.ts';
import { isAside } from '../noise.ts';
import type { Statement } from '../plan.ts';
import { isUnclear } from '../script/casts.ts';
import { undoDefaultPrivileges } from '../script/creates.ts';
import { isFilled, userOfRows, viewsOfRows } from '../script/rows.ts';
import { withDefault } from '../script/side.ts';
import type { SchemaObject } from '../snapshot.ts';
import { execute, list, tableName, text, type Workbench } from './input.ts';

/**
 * Whether the create phase knows everything about this new object: schemas, enums and free sequences with nothing granted or said about them,
 * and ordinary tables with columns, keys, indexes, grants and comments. Everything else is the script's.
 */
export function isPlain(bench: Workbench, delta: Delta): boolean {
  const object = delta.desired;
  if (delta.change !== 'add' || !object || [delta.objectId, ...delta.carries].some((id) => isTaken(bench, bench.desired.get(id)))) return false;
  switch (object.kind) {
    case 'schema':
    case 'enum': return delta.carries.length === 0 && !bench.early.has(delta.objectId);
    case 'sequence': return delta.carries.length === 0 && text(object, 'ownedBy') === null;
    case 'table': return isUsual(object) && delta.carries.every((id) => isPlainPart(bench, id));
    default: return false;
  }
}

/** Whether the alter phase knows everything about this change of an existing table: one that nothing inherits from, and parts made by one statement. */
export function isPlainChange(bench: Workbench, delta: Delta): boolean {
  const table = bench.current.get(delta.group);
  if (table?.kind !== 'table' || delta.kind === 'table' || isAside(delta) || bench.anew.has(delta.group) || isRelated(bench, table)) return false;
  // Columns of a typed table change with its type.
  if ([table, bench.desired.get(delta.group)].some((one) => one !== undefined && text(one, 'ofType') !== null)) return false;
  const versions = [delta.current, delta.desired].flatMap((object) => object ?? []);
  if (versions.some((object) => object.attributes.inherited === true) || (bearsPrimaryKey(delta) && movesWithPrimaryKey(bench, delta.group))) return false;
  if (versions.some(isUnclear) || restsOnChange(bench, delta) || (delta.desired && isTaken(bench, delta.desired))) return false;
  switch (delta.kind) {
    case 'column': return delta.carries.length === 0 && !meetsIdentity(bench, delta) && !(delta.change === 'add' && isHeldElsewhere(bench, delta)) && versions.every((object) => columnSettings(object, tableName(object)).length === 0 || delta.change === 'change');
    case 'constraint':
    case 'index': return delta.carries.length === 0 && !isBound(bench, delta) && !isRestedOn(bench, delta) && !goesOverWithKey(bench, delta) && versions.every((object) => object.attributes.valid !== false && kindOf(object.kind).create(object, []).length === 1);
    default: return false;
  }
}

/** An extension takes it along, or a key's index stands in a tablespace: what takes its place must have that too, which the script sees to. */
function isBound({ input: { current } }: Workbench, { change, kind, objectId: id }: Delta): boolean {
  return change === 'change' && (current.satellites ?? []).some((one) => text(one, 'target') === id && (one.kind === 'extension_tie' || (one.kind === 'placement' && kind === 'constraint')));
}

/** A column that comes with a value, or comes back with one, makes the server look at the table's rows wherever they stand: what holds them goes first, in an order that only the script knows. */
export function isHeldElsewhere(bench: Workbench, { group, current, desired }: Delta): boolean {
  const column = desired ?? current;
  const [objects, { dependencies = {} }] = desired ? [bench.desired, bench.input.desiredSnapshot] : [bench.current, bench.input.current];
  if (!column || !isFilled({ objects, needs: (id) => dependencies[id] ?? [] }, column)) return false;
  const here = { objects: bench.current, dependents: bench.dependents };
  return viewsOfRows(here, group).length > 0 || userOfRows(here, group) !== null;
}

/** Rows are to be told by another index: whether a column of the old or the new one may be null is changed between the two, by the script. */
function meetsIdentity({ chosen }: Workbench, { group, attributes }: Delta): boolean {
  return attributes.some(({ name }) => name === 'nullable') && chosen.some((delta) => delta.objectId === group && delta.attributes.some(({ name }) => name === 'replicaIdentityIndex'));
}

/** A key that a foreign key refers to, or that a view groups by, does not go without them. */
function isRestedOn(bench: Workbench, delta: Delta): boolean {
  if (!delta.current) return false;
  return text(bench.current.get(delta.group) ?? delta.current, 'replicaIdentityIndex') === delta.current.name || bench.restedOn.has(delta.objectId);
}

/** A foreign key stands in the way of a key that changes, and comes again after it: both are the script's. */
function goesOverWithKey(bench: Workbench, { change, objectId: id }: Delta): boolean {
  if (change !== 'change') return false;
  const keys = new Set(bench.input.current.dependencies?.[id] ?? []);
  return bench.chosen.some((delta) => (delta.kind === 'constraint' || delta.kind === 'index') && delta.change !== 'add' && delta.objectId !== id && keys.has(delta.objectId));
}

/** A default that uses a value of an enum that is made anew, a check that calls a changed function: one matter, in an order that only the script knows. */
function restsOnChange(bench: Workbench, delta: Delta): boolean {
  const ids = withDefault(delta.objectId);
  const needs = [bench.input.current, bench.input.desiredSnapshot].flatMap(({ dependencies = {} }) => ids.flatMap((id) => dependencies[id] ?? []));
  return needs.some((id) => bench.remade.has(id));
}

/** Partitioned, a partition, an heir, or with heirs: a statement on one of them reaches the others. */
export function isRelated(bench: Workbench, table: SchemaObject): boolean {
  if (table.attributes.partitioned === true || text(table, 'partitionOf') !== null || list(table, 'inherits').length > 0) return true;
  return [...bench.current.values(), ...bench.desired.values()].some((object) => object.kind === 'table' && (text(object, 'partitionOf') === table.id || list(object, 'inherits').includes(table.id)));
}

/** A column gets and loses NOT NULL with its primary key, in an order that only the script knows. */
function movesWithPrimaryKey(bench: Workbench, group: string): boolean {
  const family = bench.chosen.filter((delta) => delta.group === group && bearsPrimaryKey(delta));
  return family.some((delta) => delta.kind === 'column') && family.some((delta) => delta.kind === 'constraint');
}

function bearsPrimaryKey(delta: Delta): boolean {
  return delta.kind === 'column' ? delta.attributes.some(({ name }) => name === 'nullable') : [delta.current, delta.desired].some((object) => object?.attributes.type === 'primary key');
}

/** Another object has the name now, and must let go of it first: the order is the script's. */
function isTaken(bench: Workbench, object: SchemaObject | undefined): boolean {
  return holdersOf(bench, object).length > 0;
}

/** What else has its name in the target now: a table that is set aside keeps its names until then. */
export function holdersOf(bench: Workbench, object: SchemaObject | undefined): readonly string[] {
  return object && holdsName(object) ? (bench.names.get(`${object.schema}.${object.name}`) ?? []).filter((id) => id !== object.id) : [];
}

const NAMED: ReadonlySet<string> = new Set(['table', 'foreign_table', 'view', 'materialized_view', 'sequence', 'index', 'base_type', 'enum', 'domain', 'composite_type', 'range_type']);

/** Relations, types and the indexes of keys share one room of names. */
export function holdsName(object: SchemaObject): boolean {
  return NAMED.has(object.kind) || (object.kind === 'constraint' && ['primary key', 'unique', 'exclusion'].includes(text(object, 'type') ?? ''));
}

function isUsual(table: SchemaObject): boolean {
  return kindOf('table').attributes.every(({ name, usual }) => (table.attributes[name] ?? null) === null || (usual !== undefined && sameAttribute(usual, table.attributes[name] ?? null)));
}

function isPlainPart(bench: Workbench, id: string): boolean {
  const part = bench.desired.get(id);
  if (!part) return /^(?:grant|comment|security_label):/.test(id);
  if (isUnclear(part)) return false;
  if (part.kind === 'column') return part.attributes.inherited !== true && columnSettings(part, tableName(part)).length === 0;
  return (part.kind === 'constraint' || part.kind === 'index') && kindOf(part.kind).create(part, []).length === 1;
}

/** Grants, comments and security labels of a new table and its columns. What default privileges of the target give is not taken back where it is wanted, but said nevertheless: they may be those of another role than the operator's. */
export function grantsAndComments(bench: Workbench, tableId: string): Statement[] {
  const table = bench.desired.get(tableId);
  const about = bench.wanted.satellites.filter((object) => object.parent === tableId);
  const grants = about.filter((object) => object.kind === 'grant');
  const rules = (bench.input.current.satellites ?? []).filter((object) => object.kind === 'default_privileges');
  const given = rules.filter((rule) => rule.attributes.objects === 'TABLES' && (rule.schema === '' || rule.schema === table?.schema)).flatMap((rule) => [...list(rule, 'granted'), ...list(rule, 'revoked').map((entry) => `not ${entry}`)]);
  const wanted = grants.filter((object) => object.attributes.column === null).flatMap((object) => [...list(object, 'granted'), ...list(object, 'revoked').map((entry) => `not ${entry}`)]);
  const alike = [...given].sort().join('\n') === [...wanted].sort().join('\n');
  return [
    ...(alike || !table ? [] : undoDefaultPrivileges(table, rules).map((sql) => execute(`take back what default privileges gave on ${table.name}`, sql))),
    ...grants.flatMap((object) => kindOf('grant').create(object, []).map(({ sql }) => execute(`grant on ${object.name}`, sql))),
    ...about.filter((object) => object.kind === 'comment' || object.kind === 'security_label').flatMap((object) => kindOf(object.kind).create(object, []).map(({ sql }) => execute(`${kindLabel(object.kind, 1)} on ${String(object.attributes.on)}`, sql))),
  ];
}
