import { castTarget, ident, ownSequence, qualified } from '../ddl.ts';
import { isSatellite, kindOf } from '../kinds/all.ts';
import { isForeign, storageAndCompression } from '../kinds/column.ts';
import { renamedFields } from '../kinds/composite-type.ts';
import { type Change, remedyOf } from '../kinds/kind.ts';
import { listOf, relationOf, textOf } from '../kinds/relation.ts';
import { joining, leaving } from '../kinds/table-alter.ts';
import { objectId, parseObjectId, type SchemaObject } from '../snapshot.ts';
import { attachKey, isKey } from './keys.ts';
import { afterLogged } from './logged.ts';
import { sequenceNameOf } from './names.ts';
import { RANK } from './rank.ts';
import type { Action } from './order.ts';
import { foreignBelow, type Scope } from './scope.ts';
import { compositesIn } from './refusals.ts';
import { isSetAnew, setExpression } from './expressions.ts';
import { askedOfNewHeirs } from './asked.ts';
import { catalogActions, isOfCatalog } from './catalog-tables.ts';
import { afterColumns, columnsTouched, toastActions } from './toast.ts';
import { defaultId, heirsBelow, identityIndexIds, reached, type Side } from './side.ts';
import { afterLeaving, beforeJoining, joinKey, joinsLater, leaveKey, own, staysUnder } from './heirs.ts';
import { afterHolding, holdKey, inTheirTurn } from './not-nulls.ts';
import { untypeKey } from './typed.ts';

/** Actions that change objects in place, and those that carry columns through a type that is made anew. */
export function alterActions(scope: Scope): Action[] {
  return [
    ...[...scope.altered].flatMap(([id, change]) => (isSatellite(change.current.kind) || scope.throughText.has(id) ? [] : change.current.kind === 'column' ? columnActions(scope, change) : objectActions(scope, change))),
    ...reshapeActions(scope),
    ...toastActions(scope),
    ...catalogActions(scope),
    ...[...scope.throughText].flatMap((id) => retypeActions(scope, id)),
  ];
}

/** A composite type that columns go through text from gets the new one's fields first, when nothing but those columns speaks of it. */
function reshapeActions(scope: Scope): Action[] {
  if (scope.throughText.size === 0) return [];
  const held = new Set([...scope.throughText].flatMap((column) => compositesIn(scope.after, column)));
  return [...scope.recreated.keys()].filter((id) => held.has(id)).flatMap((id): Action[] => {
    const [before, after] = [scope.before.objects.get(id), scope.after.objects.get(id)];
    const sql = before?.kind === 'composite_type' && after ? (renamedFields(before, after) ?? []) : [];
    const users = scope.before.dependents(id).filter((each) => !scope.throughText.has(each));
    return sql.length === 0 ? [] : [{ key: `reshape ${id}`, objectId: id, rank: RANK.drop, sql, drops: [], creates: [], alters: [], after: users.filter((each) => !each.startsWith('composite_type:')).map((each) => `drop ${each}`) }];
  });
}

function objectActions(scope: Scope, change: Change): Action[] {
  const { current, desired, names } = change;
  const all = [...inPlace(change), ...ownerOf(change), ...ownership(change)];
  // A table is clustered on one index at most: the mark is taken off before another gets it.
  const early = all.filter((statement) => statement.endsWith(' SET WITHOUT CLUSTER'));
  const leaves = desired.kind === 'table' ? leaving(current, desired, names) : [];
  const joins = desired.kind === 'table' ? joining(current, desired, names) : [];
  // An index becomes part of another's when its table is a partition of that one's.
  const attaches = names.has('partitionOf') ? attaching(scope, desired, all) : [];
  // The table beside it that they speak of is there when a column needs it.
  const columns = desired.kind === 'table' ? columnsTouched(scope, desired.id) : [];
  const toast = columns.length === 0 ? [] : all.filter((statement) => / SET \(.*\btoast\./.test(statement));
  const others = desired.kind === 'trigger' ? all.filter((statement) => !statement.startsWith(`ALTER TABLE ${relationOf(desired)} `)) : [];
  const onPartitions = others.filter((statement) => statesOfParts(scope, desired).some((head) => statement.startsWith(head)));
  // By which index its rows are told is said when the index is there, which may come after what joins the table.
  const identity = desired.kind === 'table' && names.has('replicaIdentityIndex') ? all.filter((statement) => statement.includes(' REPLICA IDENTITY USING INDEX ')) : [];
  const sql = all.filter((statement) => !isOfCatalog(statement) && ![early, leaves, joins, attaches, toast, others, identity].some((apart) => apart.includes(statement)));
  const base = { objectId: desired.id, drops: [], creates: [] };
  return [
    ...(early.length === 0 ? [] : [{ ...base, key: `unmark ${desired.id}`, rank: RANK.drop, sql: early, alters: [], after: [] }]),
    ...(leaves.length === 0 ? [] : [{ ...base, key: leaveKey(desired.id), rank: RANK.alter - 1, sql: leaves, alters: [], after: [] }]),
    ...(joins.length === 0 ? [] : [{ ...base, key: joinKey(desired.id), rank: RANK.alter + 1, sql: joins, alters: [], after: [`alter ${desired.id}`, leaveKey(desired.id), ...beforeJoining(scope, desired)] }]),
    ...(attaches.length === 0 ? [] : [{ ...base, key: `attach ${desired.id}`, rank: RANK.late, sql: attaches, creates: [`attached:${desired.id}`], alters: [], after: [`create ${textOf(desired, 'partitionOf')}`, joinKey(desired.parent ?? ''), `attach ${desired.parent}`] }]),
    ...(toast.length === 0 ? [] : [{ ...base, key: `parameters ${desired.id}`, rank: RANK.late, sql: toast, alters: [], after: afterColumns(columns) }]),
    ...(onPartitions.length === 0 ? [] : [{ ...base, key: `partitions ${desired.id}`, rank: RANK.last, sql: onPartitions, alters: [], after: [`alter ${desired.id}`] }]),
    ...(sql.length === 0 ? [] : [{ ...base, key: `alter ${desired.id}`, rank: RANK.alter, sql, alters: [desired.id], after: [...afterOwner(change), ...afterLogged(scope, desired)] }]),
    ...(identity.length === 0 ? [] : [{ ...base, key: `identity ${desired.id}`, rank: RANK.late, sql: identity, alters: [desired.id], after: [`alter ${desired.id}`, ...afterIndex(desired), ...identified(scope.after, desired).flatMap((id) => [id, ...reached([id], (each) => scope.after.leaders(scope.after.objects.get(each) ?? desired))]).map((id) => `alter ${id}`)] }]),
  ];
}

/** How statements begin that say something of a trigger on a partition: of those that its table has afterwards. */
function statesOfParts({ after }: Scope, trigger: SchemaObject): string[] {
  const parts = reached([trigger.parent ?? ''], (id) => after.dependents(id).filter((each) => textOf(after.objects.get(each) ?? trigger, 'partitionOf') === id));
  return [...parts].flatMap((id) => after.objects.get(id) ?? []).map((table) => `ALTER TABLE ${qualified(table)} `);
}

/** The server attaches by itself what joins a table with such an index; of what the table gets later it must be told. */
function attaching(scope: Scope, object: SchemaObject, statements: readonly string[]): string[] {
  const leader = textOf(object, 'partitionOf');
  if (object.kind === 'index') return statements.filter((statement) => statement.includes(' ATTACH PARTITION '));
  return object.kind === 'constraint' && isKey(object) && leader !== null && (scope.added.has(leader) || scope.recreated.has(leader) || !joinsLater(scope, object.parent)) ? [attachKey(object, leader)] : [];
}

function afterIndex(table: SchemaObject): string[] {
  return identityIndexIds(table).flatMap((id) => [`create ${id}`, `attach ${id}`]);
}

/** Columns of the index by which the rows of a table will be told: none of them may be null by then. */
function identified(side: Side, table: SchemaObject): string[] {
  return identityIndexIds(table).flatMap((id) => side.objects.get(id) ?? []).flatMap((object) => listOf(object, 'columns')).map((name) => objectId('column', table.schema, table.name, name)).filter((id) => side.objects.has(id));
}

/** A sequence goes to a column when the column is there and both belong to one role. */
function afterOwner({ desired, names }: Change): string[] {
  const column = desired.kind === 'sequence' && names.has('ownedBy') ? textOf(desired, 'ownedBy') : null;
  if (column === null) return [];
  const table = objectId('table', ...parseObjectId(column).path.slice(0, 2));
  return [`create ${column}`, `create ${table}`, `alter ${table}`];
}

/** What stands in the way (a default, an identity) is taken off early, so that its sequence or function can go. */
function columnActions(scope: Scope, whole: Change): Action[] {
  const setAnew = isSetAnew(scope, whole);
  const change = setAnew ? { ...whole, names: new Set([...whole.names].filter((name) => name !== 'generated')) } : whole;
  const { desired } = change;
  const under = staysUnder(scope, desired.id);
  const followed = under && ['type', 'collation', 'generated', 'identity'].some((name) => change.names.has(name)) && scope.after.leaders(desired).some((leader) => scope.altered.has(leader));
  const { first, rest: inTurn } = scope.namesNotNulls ? inTheirTurn(scope, change, inPlace(own(change, under))) : { first: [], rest: keepingHeirs(scope, desired, inPlace(own(change, under))) };
  const all = inTurn.filter((statement) => !(followed && / (DROP EXPRESSION|(ADD|SET) GENERATED .*|DROP IDENTITY)$/.test(statement)));
  // A default that rests on what goes is taken off in an action of its own.
  const reset = scope.defaultsReset.has(desired.id);
  const clearing = all.filter((statement) => (reset ? / DROP IDENTITY$/ : / DROP (DEFAULT|IDENTITY)$/).test(statement));
  const rest = [...all.filter((statement) => !/ DROP (DEFAULT|IDENTITY)$/.test(statement)), ...(setAnew ? [setExpression(desired)] : [])];
  const cleared = reset || clearing.length > 0;
  const asked = askedOfNewHeirs(scope, desired, change.names);
  const id = desired.id;
  const early: Action[] = clearing.length === 0 ? [] : [{ key: `clear ${id}`, objectId: id, rank: RANK.drop, sql: clearing, drops: [defaultId(id), ...(textOf(desired, 'identity') === null ? sequenceNameOf(change.current) : [])], creates: [], alters: [], after: [untypeKey(desired.parent)] }];
  const late: Action[] = rest.length === 0 ? [] : [{ key: `alter ${id}`, objectId: id, rank: RANK.alter, sql: [...asked.sql, ...rest], drops: [], creates: [...(cleared ? [defaultId(id)] : []), ...sequenceNameOf(desired)], alters: cleared ? [id] : [id, defaultId(id)], after: [untypeKey(desired.parent), ...early.map((action) => action.key), ...(under ? scope.after.leaders(desired).map((leader) => `alter ${leader}`) : []), ...afterLeaving(scope, desired), ...afterHolding(scope, desired), holdKey(id), ...asked.behind] }];
  const held: Action[] = first.length === 0 ? [] : [{ key: holdKey(id), objectId: id, rank: RANK.alter - 1, sql: first, drops: [], creates: [], alters: [], after: [untypeKey(desired.parent), leaveKey(desired.parent ?? ''), ...scope.after.followers(id).map(holdKey)] }];
  return [...held, ...early, ...late];
}

/**
 * DROP NOT NULL reaches heirs and partitions, also those that ask for a value themselves. Heirs are left out of it where one of them does; a
 * partitioned table cannot be changed alone, so the partition asks again. SET NOT NULL reaches heirs that are to take nulls, as up to 17 they may: each says its own then.
 */
function keepingHeirs(scope: Scope, column: SchemaObject, statements: readonly string[]): readonly string[] {
  const whole = scope.after.objects.get(column.parent ?? '')?.attributes.partitioned === true;
  const lax = !whole && statements.some(setsNotNull) && heirsBelow(scope.after, column).some((heir) => heir.attributes.nullable === true && !scope.added.has(heir.parent ?? ''));
  if (lax) return statements.map((sql) => (setsNotNull(sql) ? sql.replace('ALTER TABLE ', 'ALTER TABLE ONLY ') : sql));
  // One that comes later asks for itself when it is made.
  const strict = heirsBelow(scope.after, column).filter((heir) => heir.attributes.nullable === false && !scope.added.has(heir.parent ?? ''));
  if (strict.length === 0 || !statements.some(dropsNotNull)) return statements;
  if (whole) return [...statements, ...strict.map((heir) => `ALTER TABLE ${relationOf(heir)} ALTER COLUMN ${ident(heir.name)} SET NOT NULL`)];
  return statements.map((sql) => (dropsNotNull(sql) ? sql.replace('ALTER TABLE ', 'ALTER TABLE ONLY ') : sql));
}

function setsNotNull(sql: string): boolean {
  return sql.endsWith(' SET NOT NULL');
}

function dropsNotNull(sql: string): boolean {
  return sql.endsWith(' DROP NOT NULL');
}

function inPlace(change: Change): readonly string[] {
  const kind = kindOf(change.current.kind);
  const names = new Set([...change.names].filter((name) => !kind.aside.includes(name)));
  return [...names].some((name) => remedyOf(kind, name) === 'altered') ? (kind.alter({ ...change, names }) ?? []) : [];
}

function ownership({ desired, names }: Change): string[] {
  if (desired.kind !== 'sequence' || !names.has('ownedBy')) return [];
  const to = textOf(desired, 'ownedBy');
  if (to === null) return [];
  const [schema = '', name = '', column = ''] = parseObjectId(to).path;
  return [ownSequence(desired, { schema, name }, column)];
}

/** The sequence of a column belongs to whom the table belongs to: it follows the table, or is let go first. */
function ownerOf({ current, desired, names }: Change): string[] {
  const kind = kindOf(desired.kind);
  const owner = desired.aside?.owner;
  const version = desired.aside?.version;
  const [from, to] = [textOf(current, 'ownedBy'), textOf(desired, 'ownedBy')];
  return [
    ...(from !== null && to !== from && (to === null || names.has('owner')) ? [`ALTER SEQUENCE ${qualified(desired)} OWNED BY NONE`] : []),
    ...(names.has('owner') && (from === null || from !== to) && typeof owner === 'string' ? [`ALTER ${kind.address(desired)} OWNER TO ${ident(owner)}`] : []),
    ...(names.has('version') && typeof version === 'string' ? [`ALTER EXTENSION ${ident(desired.name)} UPDATE TO ${ident(version)}`] : []),
  ];
}

/**
 * Out of the old type into text, and from text into the new one: rows that the new type does not take make the script fail, never lose them.
 * Heirs go along, and what rests on their columns goes first too.
 */
function retypeActions(scope: Scope, id: string): Action[] {
  const column = scope.before.objects.get(id);
  const wanted = scope.after.objects.get(id);
  if (!column || !wanted) return [];
  const both = { objectId: id, alters: [], after: [untypeKey(column.parent)] };
  const reshaped = [...scope.recreated.keys()].filter((each) => each.startsWith('composite_type:')).map((each) => `reshape ${each}`);
  return [
    { ...both, key: `drop ${id}`, rank: RANK.drop, sql: toText(column, column.attributes.inherited === true), drops: [id, defaultId(id)], creates: [], after: [...both.after, ...reshaped, ...[...scope.before.followers(id), ...foreignBelow(scope.before, id)].map((below) => `drop ${below}`)] },
    { ...both, key: `create ${id}`, rank: RANK.alter, sql: fromText(scope, wanted, staysUnder(scope, id)), drops: [], creates: [id], after: [...both.after, ...afterLeaving(scope, wanted), ...(staysUnder(scope, id) ? scope.after.leaders(wanted).map((leader) => `create ${leader}`) : [])] },
    ...defaultAgain(wanted),
  ];
}

/** By itself, because it may be of another type that only a cast makes this one, and casts come after the values. */
function defaultAgain(column: SchemaObject): Action[] {
  const fallback = textOf(column, 'default');
  return fallback === null ? [] : [{ key: `create ${defaultId(column.id)}`, objectId: column.id, rank: RANK.alter, sql: [`ALTER TABLE ONLY ${relationOf(column)} ALTER COLUMN ${ident(column.name)} SET DEFAULT ${fallback}`], drops: [], creates: [defaultId(column.id)], alters: [], after: [`create ${column.id}`] }];
}

function toText(column: SchemaObject, inherited: boolean): string[] {
  const text = textOf(column, 'type')?.endsWith('[]') ? 'text[]' : 'text';
  const name = ident(column.name);
  return [
    ...(textOf(column, 'default') === null ? [] : [`ALTER TABLE ONLY ${relationOf(column)} ALTER COLUMN ${name} DROP DEFAULT`]),
    ...(inherited ? [] : [`ALTER TABLE ${relationOf(column)} ALTER COLUMN ${name} TYPE ${text}${isForeign(column) ? '' : ` USING ${name}::${text}`}`]),
  ];
}

function fromText(scope: Scope, column: SchemaObject, inherited: boolean): string[] {
  const type = textOf(column, 'type');
  const collation = textOf(column, 'collation');
  const name = ident(column.name);
  const rest = scope.altered.get(column.id);
  const names = new Set([...(rest?.names ?? [])].filter((each) => !['type', 'collation', 'default', 'storage', 'compression'].includes(each)));
  const settings = new Set(['type', ...(rest?.names ?? [])]);
  return [
    ...(inherited ? [] : [`ALTER TABLE ${relationOf(column)} ALTER COLUMN ${name} TYPE ${type}${collation === null ? '' : ` COLLATE ${collation}`}${isForeign(column) ? '' : ` USING ${name}::${castTarget(type ?? '')}`}`]),
    ...storageAndCompression(column, settings, `ALTER TABLE ONLY ${relationOf(column)} ALTER COLUMN ${name}`),
    ...(rest && names.size > 0 ? inPlace({ ...rest, names }) : []),
  ];
}
