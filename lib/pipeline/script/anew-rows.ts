import { createSchema, ident, literal, ownSequence, qualified } from '../ddl.ts';
import { castOver, identitySequence } from '../kinds/column.ts';
import { listOf, textOf } from '../kinds/relation.ts';
import { objectId, parseObjectId, type SchemaObject } from '../snapshot.ts';
import { asides, columnsOf, textType } from './anew-aside.ts';
import { columnsOver, goesWithin, heldAside, isTextAside, partitionsBelow, rootsAnew } from './anew.ts';
import { joinKey } from './heirs.ts';
import type { Action } from './order.ts';
import { RANK, rankOf } from './rank.ts';
import type { Scope } from './scope.ts';
import { defaultId, reached } from './side.ts';

/** A table made anew, for whoever proves that its rows are what they were. */
export interface TableAnew {
  id: string;
  /** Ids of the tables that are set aside: itself, and partitions that are there before. */
  aside: readonly string[];
  /** The statement that brings the rows over. */
  insert: string;
  /** Between that statement and the next, these two queries give the same rows: of the table set aside, and of the new one. */
  from: string;
  to: string;
  /** Tables with rows of their own become its partitions first: `to` has these too. */
  joined: boolean;
}

export function rowsKey(tableId: string): string {
  return `rows ${tableId}`;
}

const MAKE_ROOM = 'make room aside';

/** Actions that bring the rows into the tables that are made anew, and take away what was set aside. */
export function rowsActions(scope: Scope): Action[] {
  const roots = rootsAnew(scope);
  const room = [...asides(scope).values()];
  const base = { drops: [], creates: [], alters: [] };
  const keys = roots.map(({ id }) => rowsKey(id));
  const over = new Map(rowsOf(scope).map((one) => [one.id, one.insert]));
  const [first] = roots;
  if (first === undefined) return [];
  return [
    { ...base, key: MAKE_ROOM, objectId: first.id, rank: RANK.retype, sql: room.map(createSchema), after: [] },
    ...roots.map((table): Action => ({ ...base, key: rowsKey(table.id), objectId: table.id, rank: rankOf('attachment') + 0.5, sql: [over.get(table.id) ?? '', ...afterInsert(scope, table, asides(scope))], after: beforeRows(scope, table.id) })),
    { ...base, key: 'clear room aside', objectId: first.id, rank: rankOf('attachment') + 0.5, sql: room.map((name) => `DROP SCHEMA ${ident(name)}`), after: keys },
  ];
}

/** What comes over of each, table by table. */
export function rowsOf(scope: Scope): TableAnew[] {
  const room = asides(scope);
  return rootsAnew(scope).map((table) => {
    const over = columnsOver(scope, table.id);
    const from = ` FROM ${table.attributes.partitioned === true ? '' : 'ONLY '}${asideName(table, room)}`;
    const names = over.map(({ to }) => ident(to.name)).join(', ');
    const numbered = over.some(({ to }) => textOf(to, 'identity') !== null) ? ' OVERRIDING SYSTEM VALUE' : '';
    // Assigned, a value that is too long is an error; cast to its length here, it is what it has become.
    const kept = over.map(({ from: old, to }) => (textOf(old, 'type') === textOf(to, 'type') && !isTextAside(scope, old.id) ? ident(to.name) : `(${valueOver(scope, old, to)})::${textOf(to, 'type')}`));
    return {
      id: table.id,
      aside: [table, ...partitionsBelow(scope.before, table.id).filter((each) => each.kind === 'table' && goesWithin(scope, each) !== null)].map(({ id }) => id),
      insert: `INSERT INTO ${qualified(table)}${over.length === 0 ? '' : ` (${names})`}${numbered} SELECT ${over.map(({ from: old, to }) => valueOver(scope, old, to)).join(', ')}${from}`,
      from: `SELECT ${kept.join(', ')}${from}`,
      to: `SELECT ${names} FROM ${qualified(table)}`,
      joined: partitionsBelow(scope.after, table.id).some((each) => scope.before.objects.has(each.id) && !scope.recreated.has(each.id)),
    };
  });
}

function asideName(table: SchemaObject, room: ReadonlyMap<string, string>): string {
  return `${ident(room.get(table.schema) ?? '')}.${ident(table.name)}`;
}

function valueOver(scope: Scope, from: SchemaObject, to: SchemaObject): string {
  return castOver(isTextAside(scope, from.id) ? { ...from, attributes: { ...from.attributes, type: textType(from), collation: null } } : from, to);
}

function afterInsert(scope: Scope, table: SchemaObject, room: ReadonlyMap<string, string>): string[] {
  const tables = [table, ...partitionsBelow(scope.after, table.id)].filter((each) => scope.recreated.has(each.id));
  return [
    ...tables.flatMap((each) => numbersOn(scope, each, room)),
    `DROP TABLE ${asideName(table, room)}`,
    ...tables.flatMap((each) => ownedAgain(scope, each)),
  ];
}

/** A column that numbers itself goes on from where it stood, whatever gives its numbers now and gave them before. */
function numbersOn(scope: Scope, table: SchemaObject, room: ReadonlyMap<string, string>): string[] {
  return columnsOf(scope.after, table.id).flatMap((column) => {
    const before = scope.before.objects.get(column.id);
    const going = before === undefined ? undefined : numbersOf(scope.before, before).find((id) => !scope.before.objects.has(id) || scope.removed.has(id));
    const coming = numbersOf(scope.after, column).find((id) => !scope.after.objects.has(id) || scope.added.has(id));
    if (going === undefined || coming === undefined) return [];
    const [[schema = '', name = ''], [wanted = '', called = '']] = [parseObjectId(going).path, parseObjectId(coming).path];
    return [`SELECT pg_catalog.setval(${literal(qualified({ schema: wanted, name: called }))}, last_value, is_called) FROM ${ident(room.get(schema) ?? schema)}.${ident(name)}`];
  });
}

/** Ids of sequences that give a column its numbers; one of an identity is no object of its own. */
function numbersOf(side: Scope['before'], column: SchemaObject): string[] {
  const [schema = ''] = parseObjectId(column.parent ?? '').path;
  return [...(textOf(column, 'identity') === null ? [] : [objectId('sequence', schema, identitySequence(column))]), ...side.followers(column.id).filter((id) => id.startsWith('sequence:'))];
}

/** Sequences that were let go when their table was set aside belong to the column again, and to whom the table belongs. */
function ownedAgain(scope: Scope, table: SchemaObject): string[] {
  return columnsOf(scope.after, table.id).flatMap((column) => scope.after.followers(column.id).map((id) => ({ column, id }))).flatMap(({ column, id }) => {
    const sequence = scope.after.objects.get(id);
    if (sequence?.kind !== 'sequence' || scope.added.has(id) || scope.altered.get(id)?.names.has('ownedBy') === true) return [];
    const owner = scope.after.objects.get(table.id)?.aside?.owner;
    const other = typeof owner === 'string' && owner !== scope.before.objects.get(id)?.aside?.owner ? [`ALTER SEQUENCE ${qualified(sequence)} OWNER TO ${ident(owner)}`] : [];
    return [...other, ownSequence(sequence, table, column.name)];
  });
}

/** The table stands with all its partitions, and what has no value in the old rows has its default. */
function beforeRows(scope: Scope, tableId: string): string[] {
  const tables = partitionsBelow(scope.after, tableId).filter((each) => each.kind === 'table');
  const defaults = columnsOf(scope.after, tableId).map((column) => `create ${defaultId(column.id)}`);
  const sequences = columnsOf(scope.after, tableId).flatMap((column) => scope.after.followers(column.id)).flatMap((id) => [`create ${id}`, `alter ${id}`]);
  return [`create ${tableId}`, `drop ${tableId}`, ...defaults, ...sequences, ...tables.flatMap(({ id }) => [`create ${id}`, `attach ${id}`, joinKey(id)])];
}

/** The actions as they stand around the rows that come over: what would check, fire at, hide or read them comes behind, and what the old table rests on goes behind. */
export function aroundRows(scope: Scope, actions: readonly Action[]): readonly Action[] {
  return rootsAnew(scope).reduce((all, root) => waitFor(scope, all, root), actions);
}

function waitFor(scope: Scope, actions: readonly Action[], root: SchemaObject): readonly Action[] {
  const key = rowsKey(root.id);
  const below = partitionsBelow(scope.after, root.id);
  const tables = new Set([root.id, ...below.map(({ id }) => id)]);
  const readers = reached([...tables, ...[...tables].flatMap((id) => ancestors(scope.after, id))], scope.after.dependents);
  const held = new Set(heldAside(scope, root));
  const foreign = new Set(below.filter((each) => each.kind === 'foreign_table').map(({ id }) => `attach ${id}`));
  const late = (action: Action) =>
    action.key === `attach ${root.id}` || foreign.has(action.key) || (action.key.startsWith('settings ') && tables.has(action.objectId)) ||
    action.drops.some((id) => held.has(id)) || action.creates.some((id) => comesBehind(scope.after.objects.get(id), tables, readers));
  const aside = `drop ${root.id}`;
  // What is filled from these tables is filled with what its owner may see.
  const hides = actions.filter((action) => tables.has(action.objectId) ? action.key.startsWith('settings ') : action.objectId.startsWith('policy:') && tables.has(scope.after.objects.get(action.objectId)?.parent ?? ''));
  const behind = (action: Action) => [key, ...(action.objectId.startsWith('materialized_view:') ? hides.map((each) => each.key) : [])];
  return actions.map((action) => (action.key === aside ? { ...action, after: [...action.after, MAKE_ROOM, ...leavingBefore(scope, root)] } : action.key !== key && late(action) ? { ...action, after: [...action.after, ...behind(action)] } : action));
}

function comesBehind(object: SchemaObject | undefined, tables: ReadonlySet<string>, readers: ReadonlySet<string>): boolean {
  if (object === undefined) return false;
  if (object.kind === 'materialized_view') return readers.has(object.id);
  if (object.kind === 'constraint' && object.attributes.type === 'foreign key') return tables.has(object.parent ?? '') || tables.has(textOf(object, 'references') ?? '');
  return ['trigger', 'rule', 'policy'].includes(object.kind) && tables.has(object.parent ?? '');
}

/** Who reads a parent reads its heirs. */
function ancestors(side: Scope['after'], tableId: string): string[] {
  const table = side.objects.get(tableId);
  return table === undefined ? [] : [...listOf(table, 'inherits'), textOf(table, 'partitionOf') ?? ''].filter((id) => side.objects.has(id)).flatMap((id) => [id, ...ancestors(side, id)]);
}

/** Partitions that go on as tables of their own have left before the table goes. */
function leavingBefore(scope: Scope, root: SchemaObject): string[] {
  return partitionsBelow(scope.before, root.id).filter((each) => goesWithin(scope, each) === null).map(({ id }) => `drop ${id}`);
}
