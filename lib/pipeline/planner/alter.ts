import { literal, qualified } from '../ddl.ts';
import type { Delta } from '../diff.ts';
import type { Check } from '../evidence.ts';
import { tableKey } from '../expectation.ts';
import { kindOf } from '../kinds/all.ts';
import { isNoise } from '../noise.ts';
import type { Assertion, Phase, TableName } from '../plan.ts';
import { parseObjectId, type SchemaObject } from '../snapshot.ts';
import { columnDrafts } from './alter-column.ts';
import { constraintDrafts } from './alter-constraint.ts';
import { indexDrafts } from './alter-index.ts';
import { broughtChecks } from './domains.ts';
import type { Draft } from './draft.ts';
import { BACKUP_PHASE } from './backup.ts';
import { freshKeyChecks, isFresh } from './fresh-keys.ts';
import { foreignKeysOf, type ForeignKey } from './foreign-keys.ts';
import { type Built, familyAfter, isRetyped, primaryKeyOf, tableName, text, type Workbench } from './input.ts';
import { knownAfter, newColumnsOf, rowsAfter, valueInRows } from './new-columns.ts';
import { possibleNotes } from './orphan-notes.ts';
import { mendOrphans } from './orphans.ts';
import { isPlainChange } from './plain.ts';
import { violationsCheck } from './violations.ts';

/** Additions and small changes to tables that exist and keep their column types. What has no safe form here is refused by name. */
export function alterPhase(bench: Workbench): Built[] {
  const parts = bench.chosen.filter((delta) => !bench.scriptsAll && !bench.taken.has(delta.id) && ['column', 'constraint', 'index'].includes(delta.kind) && !isNoise(delta));
  // A key that this phase drops and another that it does not know are one matter: such a table is the script's as a whole.
  const rough = new Set(parts.filter((delta) => !isPlainChange(bench, delta) || restsOnRetyped(bench, delta, parts)).map((delta) => delta.group));
  const deltas = parts.filter((delta) => !rough.has(delta.group));
  const keys = foreignKeysInPlay(bench, deltas);
  const mended = mendOrphans(bench, keys, keys.filter((key) => deltas.some((delta) => isNewKey(bench, delta) && delta.objectId === key.object.id)));
  const ordered = inOrder(deltas).map((delta) => ({ delta, drafts: draftsOf(bench, delta) }));
  for (const { delta, drafts } of ordered) if (drafts) bench.taken.add(delta.id);
  // New rows are held to the new keys first; then the old rows are mended; then they are checked.
  const keyDrafts = ordered.filter(({ delta }) => isNewKey(bench, delta)).map(({ drafts }) => drafts ?? []);
  const others = ordered.filter(({ delta }) => !isNewKey(bench, delta)).flatMap(({ drafts }) => drafts ?? []);
  const drafts = [...others, ...keyDrafts.flatMap((one) => one.slice(0, -1)), ...mended.drafts, ...keyDrafts.flatMap((one) => one.slice(-1))];
  if (drafts.length === 0) return [];
  const tables = [...new Set(deltas.filter((delta) => bench.taken.has(delta.id)).map((delta) => delta.group))];
  const decisions = Object.fromEntries(Object.entries(bench.input.orphanDecisions ?? {}).filter(([id]) => keys.some((key) => key.spec.id === id)));
  const phase: Phase = {
    id: 'alter',
    kind: 'alter',
    title: `Change ${tables.length} existing ${tables.length === 1 ? 'table' : 'tables'}`,
    summary: 'Adds columns, keys and indexes to tables that exist, in the forms that let the application go on: indexes are built concurrently, rows are checked without a lock against writes.',
    steps: drafts.map((draft, i) => ({ ...draft, id: `alter.${i + 1}` })),
    checks: [...freeNames(deltas, possibleNotes(bench.keepSchema, keys)), ...checksOfRows(bench, deltas, keys)],
    verifications: deltas.filter((delta) => bench.taken.has(delta.id)).flatMap(verificationsOf),
    price: [],
    touches: [...new Set([...tables, ...keys.flatMap((key) => key.object.parent ?? [])])],
    requires: [...(mended.keeps.length > 0 ? [BACKUP_PHASE] : []), ...(bench.chosen.some((delta) => delta.kind === 'table' && delta.change === 'add') ? ['create'] : [])],
    orphanDecisions: decisions,
    destructive: Object.values(decisions).some((decision) => decision.verdict === 'delete'),
    pointOfNoReturn: false,
    due: null,
  };
  return [{ phase, keeps: mended.keeps }];
}

/** The server says an expression by the types of its columns: over one that gets its type from the script later, it would be another, or none. */
function restsOnRetyped(bench: Workbench, { kind, desired, objectId: id }: Delta, parts: readonly Delta[]): boolean {
  if (kind === 'column' || !desired) return false;
  const needs = bench.input.desiredSnapshot.dependencies?.[id] ?? [];
  return parts.some((delta) => isRetyped(delta) && needs.includes(delta.objectId));
}

/** What was built beside the application counts only when the server says that it is valid. */
function verificationsOf(delta: Delta): Assertion[] {
  const { desired } = delta;
  if (!desired) return [];
  const name = literal(desired.name);
  const schema = literal(desired.schema);
  if (delta.kind === 'index') return [{ label: `index ${desired.name} is valid`, sql: `SELECT coalesce((SELECT i.indisvalid::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ${schema} AND c.relname = ${name}), 'missing')`, expect: { from: 'literal', value: 'true' } }];
  if (delta.kind !== 'constraint' || desired.attributes.validated === false || desired.attributes.enforced === false) return [];
  const [tableSchema = '', table = ''] = parseObjectId(delta.group).path;
  return [{ label: `${desired.name} is valid`, sql: `SELECT coalesce((SELECT convalidated::text FROM pg_constraint WHERE conrelid = to_regclass(${literal(qualified({ schema: tableSchema, name: table }))}) AND conname = ${name}), 'missing')`, expect: { from: 'literal', value: 'true' } }];
}

/** Added in two parts: for new rows, and for those that are there. */
function isNewKey(bench: Workbench, delta: Delta): boolean {
  return delta.kind === 'constraint' && delta.change === 'add' && delta.desired !== null && delta.desired !== undefined && text(delta.desired, 'type') === 'foreign key' && bench.current.has(delta.group);
}

function newKeys(bench: Workbench, deltas: readonly Delta[]): ForeignKey[] {
  return deltas.filter((delta) => isNewKey(bench, delta)).flatMap((delta) => {
    const object = bench.current.get(delta.group);
    return object ? foreignKeysOf(bench, delta.group, tableName(object), familyAfter(bench, delta.group)).filter((key) => key.object.id === delta.objectId) : [];
  });
}

/** The foreign keys to be added, and those that stand and point at their tables: what a row drags along when it goes. */
function foreignKeysInPlay(bench: Workbench, deltas: readonly Delta[]): ForeignKey[] {
  const added = newKeys(bench, deltas).filter((key) => !isFresh(bench, key));
  const found = new Map(added.map((key) => [key.object.id, key]));
  const standing = added.length === 0 ? [] : [...bench.current.values()].filter((object) => object.kind === 'table').flatMap((object) => foreignKeysOf(bench, object.id, tableName(object), bench.currentFamily.get(object.id) ?? []));
  for (let grew = true; grew; ) {
    const tables = new Set([...found.values()].map((key) => key.object.parent ?? ''));
    const more = standing.filter((key) => !found.has(key.object.id) && tables.has(key.parentId));
    for (const key of more) found.set(key.object.id, key);
    grew = more.length > 0;
  }
  return [...found.values()];
}

/** Columns before what uses them; foreign keys last. */
function inOrder(deltas: readonly Delta[]): Delta[] {
  return deltas.toSorted((a, b) => rank(a) - rank(b));
}

function rank(delta: Delta): number {
  const object = delta.desired ?? delta.current;
  if (delta.kind === 'column') return 0;
  if (delta.kind !== 'constraint') return 2;
  return object && text(object, 'type') === 'foreign key' ? 3 : 1;
}

/** Null: nothing of it can be done here, and it is refused by name later. */
function draftsOf(bench: Workbench, delta: Delta): Draft[] | null {
  const owner = bench.current.get(delta.group);
  if (!owner) return null;
  const table = tableName(owner);
  if (delta.kind === 'column') return columnDrafts(bench, delta, table);
  if (delta.kind === 'index') return indexDrafts(delta, table, saidOf(bench, delta), placeOf(bench, delta));
  if (delta.kind === 'constraint') return constraintDrafts(delta, table, saidOf(bench, delta));
  return null;
}

/** The comment on what is dropped and made again under its name. */
function saidOf(bench: Workbench, { change, objectId: id }: Delta): string[] {
  if (change !== 'change') return [];
  return (bench.input.current.satellites ?? []).filter((one) => one.kind === 'comment' && text(one, 'target') === id).flatMap((one) => kindOf('comment').create(one, []).map(({ sql }) => sql));
}

/** The tablespace that it stands in now, where that is not the database's own. */
function placeOf(bench: Workbench, { objectId: id }: Delta): string | null {
  const place = (bench.input.current.satellites ?? []).find((one) => one.kind === 'placement' && text(one, 'target') === id);
  return place ? text(place, 'tablespace') : null;
}

/** What the rows must keep when these differences of existing tables are made real. */
export function checksOf(bench: Workbench, deltas: readonly Delta[]): Check[] {
  return checksOfRows(bench, deltas, foreignKeysInPlay(bench, deltas));
}

function freeNames(deltas: readonly Delta[], notes: readonly TableName[]): Check[] {
  const indexes = deltas.flatMap((delta) => (delta.kind === 'index' && delta.change === 'add' && delta.desired ? [tableName(delta.desired)] : []));
  return [{ id: 'free_names', kind: 'free_names', names: [...indexes, ...notes] }];
}

function checksOfRows(bench: Workbench, deltas: readonly Delta[], keys: readonly ForeignKey[]): Check[] {
  const changed = [...new Set(deltas.map((delta) => delta.group))].flatMap((id) => {
    const object = bench.current.get(id);
    return object ? violationsCheck(tableName(object), rowsAfter(bench, object), bench.currentFamily.get(id) ?? [], knownAfter(bench, id), unfilledColumns(bench, deltas, id), computedColumns(bench, deltas, id)) : [];
  });
  const primary = (key: ForeignKey) => primaryKeyOf(bench.currentFamily.get(key.object.parent ?? '') ?? []);
  return [
    ...changed,
    ...broughtChecks(bench, deltas),
    ...freshKeyChecks(bench, newKeys(bench, deltas).filter((key) => isFresh(bench, key))),
    ...(keys.length > 0 ? [{ id: 'orphans', kind: 'orphans' as const, foreignKeys: keys.map((key) => key.spec), keys: Object.fromEntries(keys.map((key) => [tableKey(key.spec.child), primary(key)])) }] : []),
  ];
}

/** New columns of a table that must have a value and get none: not by a default, not by themselves, not by a default of their domain. */
function unfilledColumns(bench: Workbench, deltas: readonly Delta[], id: string): SchemaObject[] {
  return deltas.flatMap(({ kind, change, group, desired }) => {
    if (kind !== 'column' || change !== 'add' || group !== id || !desired || desired.attributes.nullable !== false) return [];
    const filled = ['default', 'identity', 'generated'].some((name) => text(desired, name) !== null) || (bench.input.desiredSnapshot.dependencies?.[desired.id] ?? []).some((each) => each.startsWith('domain:') && typeof bench.desired.get(each)?.attributes.default === 'string');
    return filled ? [] : [desired];
  });
}

/** New columns that the server computes and that must have a value, where everything that the expression names is there already. */
function computedColumns(bench: Workbench, deltas: readonly Delta[], id: string): SchemaObject[] {
  return newColumnsOf(bench, id).filter((column) => text(column, 'generated') !== null && column.attributes.nullable === false && valueInRows(bench, column) !== null && deltas.some((delta) => delta.objectId === column.id));
}
