import { qualified } from '../ddl.ts';
import { tableKey } from '../expectation.ts';
import { qualifiedId } from '../kinds/relation.ts';
import type { Hazard } from '../hazards.ts';
import { isArchived } from '../overlap.ts';
import type { LockClaim, OverlapDecision, Phase, Statement, Step, TableName } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import { listed } from '../words.ts';
import { bringBack, goneAssertion, kept, moveAside } from './aside.ts';
import { BACKUP_PHASE } from './backup.ts';
import { tableId } from './convert.ts';
import { duplicateOf, duplicatePhase, likes, pairKeeps } from './duplicates.ts';
import type { Pair } from './duplicates-pair.ts';
import { constraintsOf, goes, list, refuse, tableName, text, type Built, type Workbench } from './input.ts';
import { refuseHalfIndex } from './moved-partitions.ts';
import { spoken } from './names.ts';
import { asTheCatalogSays, comesBack, goWithIt, isPartitioned, keysInto, keysOff, keysOn, keysOut } from './set-aside-keys.ts';

/** Tables that only the target has: a duplicate of another table is merged into it, any other must be empty, unless a person said that it goes with its rows. All are set aside, not dropped. */
export function setAsidePhases(bench: Workbench): Built[] {
  const removed = bench.chosen.filter((delta) => delta.kind === 'table' && delta.change === 'remove' && !bench.anew.has(delta.objectId)).flatMap((delta) => {
    bench.taken.add(delta.id);
    takeOwnSequences(bench, delta.objectId);
    return delta.current ? [delta.current] : [];
  });
  for (const object of removed) {
    refuseParentsExclusion(bench, object);
    if (!removed.some(({ id }) => id === text(object, 'partitionOf'))) refuseHalfIndex(bench, object, text(object, 'partitionOf'));
  }
  const pairs: Pair[] = [];
  const empties: TableName[] = [];
  for (const object of heirsFirst(removed)) {
    const pair = object.attributes.partitioned === true || text(object, 'partitionOf') !== null ? null : duplicateOf(bench, object);
    if (pair) pairs.push(pair);
    else empties.push(tableName(object));
  }
  // The step that sets a table aside takes the keys to it off.
  for (const table of empties) for (const delta of [...keysInto(bench, table).map((one) => one.delta), ...goWithIt(bench, table)]) bench.taken.add(delta);
  const built: Built[] = [];
  if (pairs.length > 0) built.push({ phase: duplicatePhase(bench, pairs), keeps: pairs.flatMap((pair) => pairKeeps(bench, pair)) });
  if (empties.length > 0) built.push({ phase: emptyPhase(bench, empties), keeps: empties.map((table) => kept(bench, table)) });
  return built;
}

/** Postgres takes no exclusion constraint that is there for the parent's (CompareIndexInfo in its source says so), and would make a second one when the partition comes back. */
function refuseParentsExclusion(bench: Workbench, object: SchemaObject): void {
  const excluded = constraintsOf(bench.currentFamily.get(object.id) ?? [], 'exclusion').find((constraint) => constraint.attributes.inherited === true);
  if (excluded && parentOf(bench, tableName(object))) refuse(bench, `${spoken(tableName(object))} has ${excluded.name} from the table that it is a partition of, and Postgres would give it a second one when a rollback attaches it again: this version does not set it aside.`);
}

/** A sequence that a column owns moves with its table, and keeps its position. */
function takeOwnSequences(bench: Workbench, table: string): void {
  const columns = new Set((bench.currentFamily.get(table) ?? []).map((object) => object.id));
  for (const delta of bench.chosen) if (delta.kind === 'sequence' && delta.change === 'remove' && delta.current && columns.has(text(delta.current, 'ownedBy') ?? '')) bench.taken.add(delta.id);
}

/** Clean-up drops in this order, and a partitioned table takes along whatever partition it still has. */
function heirsFirst(tables: readonly SchemaObject[]): SchemaObject[] {
  const byId = new Map(tables.map((object) => [object.id, object]));
  const depthOf = (object: SchemaObject): number => Math.max(0, ...[text(object, 'partitionOf'), ...list(object, 'inherits')].map((id) => { const parent = byId.get(id ?? ''); return parent ? depthOf(parent) + 1 : 0; }));
  return tables.toSorted((a, b) => depthOf(b) - depthOf(a));
}

function emptyPhase(bench: Workbench, tables: readonly TableName[]): Phase {
  const [archived, empty] = [tables.filter((table) => isArchived(bench.input, table)), tables.filter((table) => !isArchived(bench.input, table))];
  const keys = tables.flatMap((table) => keysInto(bench, table));
  const kinds = [...(empty.length > 0 ? [`${empty.length} empty ${empty.length === 1 ? 'table' : 'tables'}`] : []), ...(archived.length > 0 ? [`${archived.length} ${archived.length === 1 ? 'table' : 'tables'} with rows`] : [])];
  return {
    id: 'empty',
    kind: 'empty',
    title: `Remove ${listed(kinds)}`,
    summary: [
      ...(empty.length > 0 ? [`Sets ${listed(empty.map(spoken))} aside after checking, under lock, that not one row has slipped in. Clean-up drops them.`] : []),
      ...(archived.length > 0 ? [`Sets ${listed(archived.map(spoken))} aside with every row, as decided: a rollback brings the rows back, clean-up drops them for good.`] : []),
    ].join(' '),
    steps: tables.map((table, i) => emptyStep(bench, table, i + 1)),
    checks: [
      ...tables.map((table) => ({ id: `empty:${tableKey(table)}`, kind: 'empty' as const, table, ...likeOf(bench, table) })),
      { id: 'dependents', kind: 'dependents', tables, ...(keys.length > 0 ? { carried: keys.map(asTheCatalogSays) } : {}) },
      { id: 'free_names', kind: 'free_names', names: tables.map((table) => kept(bench, table)) },
    ],
    verifications: tables.map(goneAssertion),
    price: [],
    touches: [...tables.map(tableId), ...keys.map(({ delta }) => delta)],
    requires: [BACKUP_PHASE],
    orphanDecisions: {},
    ...notDuplicates(bench, tables),
    destructive: archived.length > 0,
    pointOfNoReturn: false,
    due: null,
  };
}

/** What it may be a duplicate of, for a person to say. */
function likeOf(bench: Workbench, table: TableName): { like?: readonly TableName[] } {
  const object = bench.current.get(tableId(table));
  const like = object ? likes(bench, object).map(tableName) : [];
  return like.length > 0 ? { like } : {};
}

function notDuplicates(bench: Workbench, tables: readonly TableName[]): Pick<Phase, 'overlapDecisions'> {
  const said = tables.flatMap((table): [string, OverlapDecision][] => {
    const decision = bench.input.overlapDecisions?.[tableKey(table)];
    return decision ? [[tableKey(table), decision]] : [];
  });
  return said.length > 0 ? { overlapDecisions: Object.fromEntries(said) } : {};
}

function archiveHazards(bench: Workbench, table: TableName): Hazard[] {
  if (!isArchived(bench.input, table)) return [];
  const parents = [...new Set(keysOut(bench, table, true).map(({ other }) => spoken(other)))];
  return [
    { code: 'REMOVES_ROWS', sentence: `The rows of ${spoken(table)} leave the live tables with it. They stand in ${bench.keepSchema} until clean-up, and come back on rollback.` },
    ...(parents.length === 0 ? [] : [{ code: 'STOPS_ON_ROWS' as const, sentence: `Its foreign keys to ${listed(parents)} are taken off meanwhile, so that its rows hold nothing back there. ${comesBack(bench, table, 'a parent has gone')}` }]),
  ];
}

function emptyStep(bench: Workbench, table: TableName, number: number): Step {
  const [out, into] = [keysOut(bench, table, isArchived(bench.input, table)), keysInto(bench, table)];
  const readers = [...new Map(into.map(({ on }) => [tableKey(on), on])).values()];
  return {
    id: `empty.${number}`,
    title: `Set ${spoken(table)} aside${isArchived(bench.input, table) ? ' with its rows' : ''}`,
    statements: [
      // First who refers to it, and the parent, like whoever writes through them.
      ...readers.map((reader): Statement => ({ do: 'execute', label: `lock ${reader.name}`, sql: `LOCK TABLE ${isPartitioned(bench, reader) ? '' : 'ONLY '}${qualified(reader)} IN ACCESS EXCLUSIVE MODE` })),
      ...parentLocks(bench, table).map((lock): Statement => ({ do: 'execute', label: `lock ${lock.table.name}`, sql: `LOCK TABLE ONLY ${qualified(lock.table)} IN ACCESS EXCLUSIVE MODE` })),
      { do: 'execute', label: `lock ${table.name}`, sql: `LOCK TABLE ${qualified(table)} IN ACCESS EXCLUSIVE MODE` },
      ...(isArchived(bench.input, table) ? [] : [emptyAssertion(table)]),
      ...leave(bench, table),
      ...keysOff([...out, ...into]),
      ...moveAside(bench, table),
    ],
    undo: [...bringBack(bench, table), ...keysOn(bench, out), ...join(bench, table), ...keysOn(bench, into)],
    locks: [{ mode: 'ACCESS EXCLUSIVE', table }, ...parentLocks(bench, table), ...[...out.map(({ other }) => other), ...readers].map((each): LockClaim => ({ mode: 'ACCESS EXCLUSIVE', table: each }))],
    rewrite: false,
    hazards: [
      { code: 'BLOCKS_READS_AND_WRITES', sentence: `After this step nobody finds ${spoken(table)} under its name: code that still reads it fails.` },
      ...archiveHazards(bench, table),
      ...readers.map((reader): Hazard => ({ code: 'BLOCKS_READS_AND_WRITES', sentence: `Reads and writes of ${spoken(reader)} wait for a moment, in which its foreign key to ${spoken(table)} goes. ${comesBack(bench, reader, `a row of ${spoken(reader)} has no parent any more`)}` })),
      ...parentLocks(bench, table).map((lock): Hazard => ({ code: 'BLOCKS_READS_AND_WRITES', sentence: `Reads and writes of ${spoken(lock.table)} wait for a moment, in which the partition leaves it.` })),
    ],
    editable: false,
  };
}

function emptyAssertion(table: TableName): Statement {
  return { do: 'assert', label: `rows of ${spoken(table)}`, sql: `SELECT count(*)::text FROM ${qualified(table)}`, expect: { from: 'literal', value: '0' } };
}

/**
 * A partition that only moved would still be part of its parent, and rows would go on landing in it. An heir gets no rows from its parent, and
 * stays one: what it inherited would be its own after coming back. Neither does a partition leave a parent that goes along.
 */
function parentOf(bench: Workbench, table: TableName): { id: string; parent: string; bound: string } | null {
  const object = bench.current.get(tableId(table));
  const parent = object ? text(object, 'partitionOf') : null;
  const stays = parent !== null && !goes(bench, parent);
  return stays ? { id: parent, parent: qualifiedId(parent), bound: (object && text(object, 'partitionBound')) ?? 'DEFAULT' } : null;
}

function parentLocks(bench: Workbench, table: TableName): LockClaim[] {
  const parent = bench.current.get(parentOf(bench, table)?.id ?? '');
  return parent ? [{ mode: 'ACCESS EXCLUSIVE', table: tableName(parent) }] : [];
}

function leave(bench: Workbench, table: TableName): Statement[] {
  const from = parentOf(bench, table);
  return from ? [{ do: 'execute', label: `detach ${table.name}`, sql: `ALTER TABLE ${from.parent} DETACH PARTITION ${qualified(table)}` }] : [];
}

function join(bench: Workbench, table: TableName): Statement[] {
  const to = parentOf(bench, table);
  return to ? [{ do: 'execute', label: `attach ${table.name}`, sql: `ALTER TABLE ${to.parent} ATTACH PARTITION ${qualified(table)} ${to.bound}` }] : [];
}
