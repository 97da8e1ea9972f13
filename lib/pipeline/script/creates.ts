import { addColumn, columnSettings, ident, qualified } from '../ddl.ts';
import { isSatellite, kindOf } from '../kinds/all.ts';
import type { Stage } from '../kinds/kind.ts';
import { addNotNull, comesFromParents, setNotNull } from '../kinds/not-null.ts';
import { changedOptions } from '../kinds/options.ts';
import { listOf, relationOf, textOf } from '../kinds/relation.ts';
import { onPartitions } from '../kinds/trigger.ts';
import { objectId, parseObjectId, type SchemaObject } from '../snapshot.ts';
import { askedLate, flagged, isFlagged, refuseUnasked } from './asked.ts';
import { constraintActions, indexActions } from './creates-constraints.ts';
import { action } from './create-action.ts';
import { resetDefaults } from './drops.ts';
import { fillingAgain, isEmptied } from './emptied.ts';
import { ownExpression } from './expressions.ts';
import { partitionsOf } from './incomplete.ts';
import { afterBecomingPartition, afterJoining, lackedByJoining, joinsAsPartition, joinsLater, staysApart } from './heirs.ts';
import { isKey } from './keys.ts';
import { undoForMembers, undoOn } from './members.ts';
import { namesOf } from './names.ts';
import { RANK, rankOf } from './rank.ts';
import type { Action } from './order.ts';
import type { Scope } from './scope.ts';
import { askedByName, standsByAnotherName, unasked } from './not-nulls.ts';
import { defaultId, reached, type Side } from './side.ts';
import { shellFirst } from './shells.ts';
import { untypeKey } from './typed.ts';

export interface CreateOptions {
  /** Gives what is new to the owner that it has on the desired side. */
  owners: boolean;
  /** Default privileges that hold while the script runs, as objects of the current side. */
  defaultPrivileges: readonly SchemaObject[];
}

/** Actions that make what is added or recreated. */
export function createActions(scope: Scope, options: CreateOptions): Action[] {
  const coming = [...scope.added, ...scope.recreated.keys()].flatMap((id) => scope.after.objects.get(id) ?? []).filter((object) => !isSatellite(object.kind));
  const ids = new Set(coming.map((object) => object.id));
  refuseUnasked(scope);
  const lacked = lackedByJoining(scope);
  return [...coming.flatMap((object) => actionsFor(scope, { ids, lacked }, object, options)), ...coming.flatMap((object) => identityAnew(scope, object)), ...resetDefaults(scope, 'create')];
}

/** A materialized view is filled when it is made, and reads these with the rights of their owners, which are granted at the end: they get them late. */
const READ_BY_OTHERS: ReadonlySet<string> = new Set(['view', 'function', 'aggregate']);

/** What comes, and which columns of new tables wait for others that join. */
interface Coming {
  ids: ReadonlySet<string>;
  lacked: ReturnType<typeof lackedByJoining>;
}

function actionsFor(scope: Scope, coming: Coming, object: SchemaObject, options: CreateOptions): Action[] {
  const { ids } = coming;
  switch (object.kind) {
    case 'column': return columnActions(scope, ids, object).map((each) => ({ ...each, after: [...each.after, ...afterJoining(scope, object)] }));
    case 'table':
    case 'foreign_table': return tableActions(scope, coming, object, { ...options, owners: options.owners || scope.recreated.has(object.id) }).map((each) => (each.key === `attach ${object.id}` ? { ...each, after: [...each.after, ...afterPartsOfJoining(scope, object)] } : each));
    case 'sequence': return sequenceActions(object, options);
    case 'index': return indexActions(scope.after, object).map((each) => ({ ...each, after: [...each.after, ...afterBecomingPartition(object)] }));
    case 'constraint': return constraintActions(scope, ids, object).map((each) => ({ ...each, after: [...each.after, ...(isKey(object) ? [] : afterJoining(scope, object)), ...afterBecomingPartition(object)] }));
    case 'materialized_view': return [action(`create ${object.id}`, object, rankOf('view') + 0.5, [...rowsOrNone(scope, object, options, kindOf(object.kind).create(object, []).map(({ sql }) => sql)), ...afterwards(scope, object, options)])];
    case 'trigger': return triggerActions(scope, object, options);
    case 'publication': return isEmptied(scope, object) ? [action(`create ${object.id}`, object, rankOf('publication'), [...fillingAgain(scope, object), ...(scope.before.objects.get(object.id)?.aside?.owner === object.aside?.owner ? [] : owner(object, options, true))])] : wholeActions(scope, object, options);
    case 'base_type':
    case 'range_type': return shellFirst(object, rankOf('type'), wholeActions(scope, object, options));
    default: return wholeActions(scope, object, options);
  }
}

/** What is made by statements of its own and none of another object's. */
function wholeActions(scope: Scope, object: SchemaObject, options: CreateOptions): Action[] {
  const statements = kindOf(object.kind).create(object, []);
  const owners = READ_BY_OTHERS.has(object.kind) ? owner(object, options, scope.recreated.has(object.id)) : [];
  return [
    action(`create ${object.id}`, object, rankOf(statements[0]?.stage), [...statements.map(({ sql }) => sql), ...extensionComment(scope, object), ...undoForMembers(object, options.defaultPrivileges), ...afterwards(scope, object, options).filter((sql) => !owners.includes(sql))]),
    ...(owners.length === 0 ? [] : [action(`owner ${object.id}`, object, RANK.late, owners, { creates: [], after: [`create ${object.id}`] })]),
  ];
}

/** Nothing can be computed from a materialized view that nobody has filled, and one that nobody has filled stays so when it is made anew, and is so again when it comes back. */
function rowsOrNone(scope: Scope, object: SchemaObject, { owners }: CreateOptions, statements: readonly string[]): readonly string[] {
  const empty = (id: string): boolean => scope.before.objects.get(id)?.aside?.filled === false;
  const isEmpty = empty(object.id) || (owners && object.aside?.filled === false) || [...reached([object.id], scope.after.needs)].some((id) => id !== object.id && empty(id));
  return isEmpty ? statements.map((sql, at) => (at === 0 ? `${sql}\n WITH NO DATA` : sql)) : statements;
}

/** On partitions it comes with the partitioned table, and with each that is attached; where it fires otherwise there is said at the very end. */
function triggerActions(scope: Scope, object: SchemaObject, options: CreateOptions): Action[] {
  const key = `create ${object.id}`;
  const statements = kindOf('trigger').create(object, []);
  const states = onPartitions(object);
  return [
    action(key, object, rankOf('trigger'), [...statements.map(({ sql }) => sql), ...afterwards(scope, object, options)]),
    ...(states.length === 0 ? [] : [action(`partitions ${object.id}`, object, RANK.last, states, { creates: [], after: [key] })]),
  ];
}

function afterwards(scope: Scope, object: SchemaObject, options: CreateOptions): string[] {
  // In this order: privileges of who becomes the owner must not be taken away from the owner.
  return [...undoDefaultPrivileges(object, options.defaultPrivileges), ...owner(object, options, scope.recreated.has(object.id))];
}

/** A table forgets its replica identity when the index that it names is made anew. */
function identityAnew(scope: Scope, object: SchemaObject): Action[] {
  const table = scope.after.objects.get(object.parent ?? '');
  if (!table || !scope.recreated.has(object.id) || textOf(table, 'replicaIdentityIndex') !== object.name || scope.added.has(table.id) || scope.recreated.has(table.id)) return [];
  if (scope.altered.get(table.id)?.names.has('replicaIdentityIndex') === true) return [];
  return [action(`identity ${table.id}`, table, RANK.late, [`ALTER TABLE ${qualified(table)} REPLICA IDENTITY USING INDEX ${ident(object.name)}`], { creates: [], after: [`create ${object.id}`, `attach ${object.id}`] })];
}

/** CREATE EXTENSION brings a comment along. */
function extensionComment(scope: Scope, object: SchemaObject): string[] {
  const address = kindOf(object.kind).address(object);
  return object.kind === 'extension' && !scope.after.objects.has(objectId('comment', address)) ? [`COMMENT ON ${address} IS NULL`] : [];
}

function owner(object: SchemaObject, options: CreateOptions, recreated: boolean): string[] {
  const kind = kindOf(object.kind);
  const name = object.aside?.owner;
  return typeof name === 'string' && kind.aside.includes('owner') && (options.owners || recreated) ? [`ALTER ${kind.address(object)} OWNER TO ${ident(name)}`] : [];
}

const PRIVILEGED: Readonly<Record<string, string>> = { TABLE: 'TABLES', SEQUENCE: 'SEQUENCES', FUNCTION: 'FUNCTIONS', PROCEDURE: 'FUNCTIONS', TYPE: 'TYPES', SCHEMA: 'SCHEMAS' };

/**
 * What default privileges of the database give or take on a new object is put back to what Postgres grants by itself; the wanted grants follow. They hold for what
 * their own role makes, and nobody knows who runs the script: whoever does, and therefore owns what is new, may be granted something by those of another role, and is to keep all of it.
 * @param owner whose the object is when this runs.
 */
export function undoDefaultPrivileges(object: SchemaObject, defaultPrivileges: readonly SchemaObject[], owner = 'CURRENT_USER'): string[] {
  const kind = kindOf(object.kind);
  if (kind.grantedAs === null) return [];
  const rules = defaultPrivileges.filter((rule) => rule.attributes.objects === PRIVILEGED[kind.grantedAs ?? ''] && (rule.schema === '' || rule.schema === object.schema));
  const address = kind.address(object);
  const on = `${kind.grantedAs} ${address.slice(address.indexOf(' ', object.kind === 'materialized_view' || object.kind === 'foreign_table' ? address.indexOf(' ') + 1 : 0) + 1)}`;
  return undoOn(on, rules, owner);
}

/** A default that rests on something of the user's comes when that is there; on a table with rows it must come with the column. */
function laterDefault(after: Side, column: SchemaObject): boolean {
  return textOf(column, 'default') !== null && after.needs(defaultId(column.id)).some((id) => id !== column.id && id !== column.parent);
}

/** What is computed with a function of the user's for rows that are there may read what its body alone names: it waits until all else is made. */
function callsFunction(after: Side, id: string): boolean {
  return after.needs(id).some((each) => each.startsWith('function:'));
}

function columnActions(scope: Scope, ids: ReadonlySet<string>, column: SchemaObject): Action[] {
  return column.parent !== null && ids.has(column.parent) ? [] : addActions(scope, ids, column);
}

/** On a table that is there. */
function addActions(scope: Scope, ids: ReadonlySet<string>, column: SchemaObject): Action[] {
  const { after } = scope;
  const leader = declaredToo(after, column) || joinsAsPartition(scope, column.parent) ? undefined : after.leaders(column).find((each) => ids.has(each));
  const declaring = after.followers(column.id).flatMap((id) => after.objects.get(id) ?? []).filter((heir) => ids.has(heir.id) && declaredToo(after, heir)).map(createKey);
  const both = [column.id, defaultId(column.id), ...namesOf(column)];
  const numbered = numbersItselfAlone(after, column) ? { ...column, attributes: { ...column.attributes, identity: null } } : null;
  const numbers = numbered === null ? [] : (kindOf('column').alter({ current: numbered, desired: column, names: new Set(['identity']) }) ?? []);
  const asked = askedByName(scope, ids, column);
  if (leader === undefined) return [action(`create ${column.id}`, column, callsFunction(after, defaultId(column.id)) ? RANK.late : RANK.create, [addColumn(asked.length > 0 ? unasked(column) : loosely(numbered ?? column), nameOfRelation(column)), ...numbers, ...(isFlagged(column) ? [addNotNull(column)] : []), ...settingsOfColumn(column)], { creates: both, place: placeOf(column), after: [untypeKey(column.parent), ...declaring] }), ...asked];
  // It comes with the parent's column; what it has of its own is set afterwards.
  const parent = after.objects.get(leader);
  const fallback = textOf(column, 'default');
  const alter = `ALTER TABLE ONLY ${relationOf(column)} ALTER COLUMN ${ident(column.name)}`;
  const differs = fallback !== (parent ? textOf(parent, 'default') : null);
  const ownNotNull = column.attributes.nullable === false && parent?.attributes.nullable === true ? kindOf('column').alter({ current: parent, desired: column, names: new Set(['nullable']) }) : [];
  const declares = scope.namesNotNulls && column.attributes.notNullOwn === true && parent?.attributes.nullable === false && !standsByAnotherName(after, column) ? [setNotNull(column)] : [];
  const sql = [...(differs ? [fallback === null ? `${alter} DROP DEFAULT` : `${alter} SET DEFAULT ${fallback}`] : []), ...(ownNotNull ?? []), ...declares, ...ownExpression(scope, column, parent), ...settingsOfColumn(column)];
  return [action(`create ${column.id}`, column, RANK.create, sql, { creates: both, after: [`create ${leader}`] })];
}

/** The heir says it itself besides inheriting it: it gets the column first, and the parent's joins that. Partitions have all of theirs from the parent. */
function declaredToo(after: Side, column: SchemaObject): boolean {
  return column.kind === 'column' && column.attributes.inherited === true && column.attributes.local === true && textOf(after.objects.get(column.parent ?? '') ?? column, 'partitionOf') === null;
}

/** An identity does not go to heirs, nor before Postgres 17 to partitions, and then it does not come with the column where there are some. */
export function numbersItselfAlone(after: Side, column: SchemaObject): boolean {
  return textOf(column, 'identity') !== null && after.followers(column.id).some((id) => textOf(after.objects.get(id) ?? column, 'identity') === null);
}

/** Of this table's column alone: heirs and partitions have settings of their own. */
function settingsOfColumn(column: SchemaObject): string[] {
  const foreign = changedOptions([], listOf(column, 'foreignOptions'));
  return [...columnSettings(column, nameOfRelation(column)).map((sql) => sql.replace('ALTER TABLE ', 'ALTER TABLE ONLY ')), ...(foreign === '' ? [] : [`ALTER TABLE ${relationOf(column)} ALTER COLUMN ${ident(column.name)} ${foreign}`])];
}

/** New columns of a table come in their order. */
function placeOf(column: SchemaObject): string {
  return `create ${column.parent} ${String(column.position ?? 0).padStart(5, '0')}`;
}

function nameOfRelation(object: SchemaObject): { schema: string; name: string } {
  const [schema = '', name = ''] = parseObjectId(object.parent ?? '').path;
  return { schema, name };
}

function tableActions(scope: Scope, { ids, lacked: waits }: Coming, table: SchemaObject, options: CreateOptions): Action[] {
  const { after } = scope;
  const whole = after.children.get(table.id) ?? [];
  const lacked = whole.filter(({ id }) => waits.has(id));
  const family = whole.filter(({ id }) => !waits.has(id));
  const columns = family.filter((child) => child.kind === 'column');
  // A parent that gets columns late has them before a table is made under it that nobody has to join.
  const parents = waits.size === 0 ? [] : columns.flatMap((column) => after.leaders(column)).filter((id) => waits.has(id) && ids.has(id)).map((id) => `create ${id}`);
  const later = columns.filter((column) => laterDefault(after, column));
  const plain = family.map(loosely).map((child) => (later.includes(child) ? { ...child, attributes: { ...child.attributes, default: null } } : computedByParent(after, table, child) ? { ...child, attributes: { ...child.attributes, generated: null } } : child));
  const statements = kindOf(table.kind).create(table, plain);
  const of = (...stages: Stage[]) => statements.filter((statement) => stages.includes(statement.stage)).map(({ sql }) => sql);
  const inherited = heirDefaults(after, table, columns, later);
  const made = columns.flatMap((column) => [column.id, ...(later.includes(column) ? [] : [defaultId(column.id)]), ...namesOf(column)]);
  const attachments = of('attachment');
  const settings = of('setting');
  const key = `create ${table.id}`;
  // A foreign key that comes with the parent's waits for the partition, not the other way round: it may lead to the parent itself.
  const partsOfIt = family.filter((child) => child.kind === 'index' || (child.kind === 'constraint' && !(child.attributes.type === 'foreign key' && child.attributes.inherited === true)));
  const owners = options.owners && typeof table.aside?.owner === 'string' ? [`ALTER ${kindOf(table.kind).address(table)} OWNER TO ${ident(table.aside.owner)}`] : [];
  return [
    action(key, table, rankOf('table'), [...of('table', 'heir'), ...flagged(after, columns), ...inherited, ...undoDefaultPrivileges(table, options.defaultPrivileges), ...owners], { creates: [table.id, ...namesOf(table), ...made], after: parents }),
    ...lacked.flatMap((column) => addActions(scope, ids, column).map((each) => ({ ...each, after: [...each.after, key, ...(waits.get(column.id) ?? [])] }))),
    ...askedLate(after, columns).map(({ column, sql, behind }) => action(`ask ${column.id}`, column, RANK.alter, sql, { creates: [], after: behind })),
    ...later.map((column) => action(`create ${defaultId(column.id)}`, column, rankOf('ownership'), [`ALTER TABLE ONLY ${relationOf(column)} ALTER COLUMN ${ident(column.name)} SET DEFAULT ${textOf(column, 'default')}`], { creates: [defaultId(column.id)], after: [key] })),
    ...(attachments.length > 0 ? [action(`attach ${table.id}`, table, rankOf('attachment'), attachments, { creates: [`attached:${table.id}`], after: [key, ...partsOfIt.filter((child) => !staysApart(child) && !waitsForPartitions(scope, child) && !isOfOneApart(after, child)).map(createKey), ...attachParent(table)] })] : []),
    ...(settings.length > 0 ? [action(`settings ${table.id}`, table, rankOf('setting'), settings, { creates: [], after: [key, ...partsOfIt.map(createKey)] })] : []),
  ];
}

/** A partitioned index is not valid until those of the partitions are parts of it, and the server takes no account of it before that: what stood before and joins brings its own first. */
function afterPartsOfJoining(scope: Scope, table: SchemaObject): string[] {
  const joining = partitionsOf(scope.after, table.id).filter((id) => joinsLater(scope, id));
  return joining.flatMap((id) => scope.after.children.get(id) ?? []).filter((child) => (child.kind === 'index' || child.kind === 'constraint') && !staysApart(child) && !waitsForPartitions(scope, child)).map((child) => `attach ${child.id}`);
}

/** It is part of an index that comes and that some partition does not have, which waits until all are in place. */
function waitsForPartitions({ after, added, recreated }: Scope, index: SchemaObject): boolean {
  const whole = after.objects.get(textOf(index, 'partitionOf') ?? '');
  return whole?.attributes.valid === false && (added.has(whole.id) || recreated.has(whole.id));
}

/** It is part of an index that only comes when its own table is a partition. */
function isOfOneApart(after: Side, part: SchemaObject): boolean {
  const whole = after.objects.get(textOf(part, 'partitionOf') ?? '');
  if (whole === undefined) return false;
  return textOf(whole, 'partitionOf') === null ? textOf(after.objects.get(whole.parent ?? '') ?? whole, 'partitionOf') !== null : isOfOneApart(after, whole);
}

function createKey(object: SchemaObject): string {
  return `create ${object.id}`;
}

function loosely(column: SchemaObject): SchemaObject {
  return isFlagged(column) || comesFromParents(column) ? unasked(column) : column;
}

function attachParent(table: SchemaObject): string[] {
  const parents = [textOf(table, 'partitionOf'), ...listOf(table, 'inherits')];
  return parents.flatMap((parent) => (parent === null ? [] : [`create ${parent}`]));
}

/** An heir gets default and NOT NULL from its parents; where it has another default, or none, or may be null, or may not, it is said. */
function heirDefaults(after: Side, table: SchemaObject, columns: readonly SchemaObject[], later: readonly SchemaObject[]): string[] {
  if (listOf(table, 'inherits').length === 0) return [];
  return columns.flatMap((column) => {
    const fallback = textOf(column, 'default');
    const parents = after.leaders(column).flatMap((id) => after.objects.get(id) ?? []);
    const alter = `ALTER TABLE ONLY ${qualified(table)} ALTER COLUMN ${ident(column.name)}`;
    // What the heir declares itself comes with its own default, but not without one.
    const asIs = later.includes(column) || (column.attributes.local === true && fallback !== null) || parents.every((parent) => textOf(parent, 'default') === fallback);
    return [...(asIs ? [] : [`${alter} ${fallback === null ? 'DROP DEFAULT' : `SET DEFAULT ${fallback}`}`]), ...heirNotNull(column, parents, alter), ...heirStorage(column, parents), ...heirIdentity(column, parents)];
  });
}

/** Storage and compression are the parent's, until something else is said. */
function heirStorage(column: SchemaObject, [parent]: readonly SchemaObject[]): readonly string[] {
  const names = ['storage', 'compression'].filter((name) => parent !== undefined && textOf(column, name) === null && textOf(parent, name) !== null);
  return parent === undefined || names.length === 0 ? [] : (kindOf('column').alter({ current: parent, desired: column, names: new Set(names) }) ?? []);
}

/** What it does not declare itself is made an identity of its own afterwards. */
function heirIdentity(column: SchemaObject, parents: readonly SchemaObject[]): readonly string[] {
  const [parent] = parents;
  if (parent === undefined || column.attributes.local === true || textOf(column, 'identity') === null || textOf(parent, 'identity') !== null) return [];
  return kindOf('column').alter({ current: parent, desired: column, names: new Set(['identity']) }) ?? [];
}

function heirNotNull(column: SchemaObject, parents: readonly SchemaObject[], alter: string): readonly string[] {
  const [parent] = parents;
  // What 18 says of it stands in CREATE TABLE.
  if (parent === undefined || isFlagged(column) || (typeof column.attributes.notNullOwn === 'boolean' && column.attributes.nullable === false)) return [];
  const bound = parents.some((each) => each.attributes.nullable === false);
  if (column.attributes.nullable === true) return bound ? [`${alter} DROP NOT NULL`] : [];
  return bound || column.attributes.local === true ? [] : (kindOf('column').alter({ current: parent, desired: column, names: new Set(['nullable']) }) ?? []);
}

/** An heir may not say again, before Postgres 16, how a column is computed that its parent computes. */
function computedByParent(after: Side, table: SchemaObject, child: SchemaObject): boolean {
  const generated = child.kind === 'column' && listOf(table, 'inherits').length > 0 ? textOf(child, 'generated') : null;
  return generated !== null && after.leaders(child).some((id) => textOf(after.objects.get(id) ?? child, 'generated') === generated);
}

function sequenceActions(sequence: SchemaObject, options: CreateOptions): Action[] {
  const statements = kindOf('sequence').create(sequence, []);
  const ownedBy = textOf(sequence, 'ownedBy');
  const owners = options.owners && typeof sequence.aside?.owner === 'string' ? [`ALTER SEQUENCE ${qualified(sequence)} OWNER TO ${ident(sequence.aside.owner)}`] : [];
  return [
    action(`create ${sequence.id}`, sequence, rankOf('sequence'), [...statements.filter(({ stage }) => stage === 'sequence').map(({ sql }) => sql), ...undoDefaultPrivileges(sequence, options.defaultPrivileges), ...owners]),
    ...(ownedBy === null ? [] : [action(`own ${sequence.id}`, sequence, rankOf('ownership'), statements.filter(({ stage }) => stage === 'ownership').map(({ sql }) => sql), { creates: [`owned:${sequence.id}`], after: [`create ${sequence.id}`, `create ${ownedBy}`, `create ${tableOfColumn(ownedBy)}`] })]),
  ];
}

function tableOfColumn(columnId: string): string {
  return objectId('table', ...parseObjectId(columnId).path.slice(0, 2));
}
