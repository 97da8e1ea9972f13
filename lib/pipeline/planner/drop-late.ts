import { ident, literal, ownSequence, qualified } from '../ddl.ts';
import type { Delta } from '../diff.ts';
import { tableKey } from '../expectation.ts';
import type { Assertion, Phase, Step, TableName } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import { partitionKeyOf, speaksOf } from '../partition-bounds.ts';
import { reached } from '../script/side.ts';
import { listed } from '../words.ts';
import { bringHeldBack, canMove, hold } from './held.ts';
import { execute, tableName, text, type Workbench } from './input.ts';
import { spoken } from './names.ts';
import { isPlainChange } from './plain.ts';

/** A column whose values nothing could give back: it goes in clean-up. */
export interface LateDrop {
  table: TableName;
  column: SchemaObject;
  /** The columns of partitions that go with it. */
  along: readonly SchemaObject[];
}

/**
 * Columns with values of their own for which there is no key that would find their rows again, that number themselves, or that partitions have too: they stay until clean-up, which
 * has its own approval and no way back. Until then nothing must write them: where a row could not be written without them, they may be null from the
 * last phase before it, and a sequence that is theirs is released and set aside. Null: there are none.
 */
export function dropLate(bench: Workbench): { phase: Phase | null; drops: readonly LateDrop[] } {
  const mine = bench.chosen.filter((delta) => delta.kind === 'column' && delta.change === 'remove' && !bench.taken.has(delta.id) && (isLate(bench, delta) || isLateOfPartitions(bench, delta)));
  const drops = mine.flatMap((delta): LateDrop[] => (delta.current ? [{ table: tableName({ ...delta.current, name: nameOfTable(bench, delta) }), column: delta.current, along: columnsBelow(bench, delta) }] : []));
  const going = new Set(drops.flatMap(({ column, along }) => [column, ...along].map(({ id }) => id)));
  for (const delta of bench.chosen) if (delta.change === 'remove' && going.has(delta.objectId)) bench.taken.add(delta.id);
  const drafts = [...drops.filter(({ column }) => isDemanded(bench, column)).map(relax), ...drops.flatMap((one) => releaseSequences(bench, one))];
  return { drops, phase: drafts.length === 0 ? null : phaseOf(drops, drafts) };
}

function nameOfTable(bench: Workbench, delta: Delta): string {
  return bench.current.get(delta.group)?.name ?? '';
}

/** Of an ordinary table; what is computed is no loss, and goes by the script. A type that goes or changes under it is no obstacle: it is never added again, and keeps the old one. */
function isLate(bench: Workbench, delta: Delta): boolean {
  return delta.current !== undefined && delta.current !== null && text(delta.current, 'generated') === null && isPlainChange({ ...bench, remade: new Set() }, { ...delta, carries: [] });
}

/** Of a partitioned table, with all of its partitions: nothing keeps their values by a key of the whole. What they are placed by does not go. */
function isLateOfPartitions(bench: Workbench, { current, group }: Delta): boolean {
  const table = bench.current.get(group);
  if (!current || bench.anew.has(group) || table?.attributes.partitioned !== true || text(table, 'partitionOf') !== null || text(current, 'generated') !== null || text(current, 'identity') !== null) return false;
  const key = partitionKeyOf(text(table, 'partitionKey') ?? '');
  return key !== null && !speaksOf(key, current.name) && !takesIn(bench, group) && columnsBelow(bench, { current, group }).every(({ id }) => bench.chosen.some((delta) => delta.change === 'remove' && delta.objectId === id));
}

/** A table becomes a partition of it, or of one of its partitions, in this plan: it has not got the column, and must have all that its new parent has. */
function takesIn(bench: Workbench, group: string): boolean {
  const joins = bench.chosen.filter(({ objectId: id }) => partitionedBy(bench.desired, id) !== null && partitionedBy(bench.desired, id) !== partitionedBy(bench.current, id));
  return joins.some((delta) => (delta.kind === 'table' || delta.kind === 'foreign_table') && reached([delta.objectId], (id) => [partitionedBy(bench.desired, id) ?? []].flat()).has(group));
}

function partitionedBy(objects: Workbench['current'], id: string): string | null {
  const object = objects.get(id);
  return object ? text(object, 'partitionOf') : null;
}

/** The column in the partitions of its table, at whatever depth. */
function columnsBelow(bench: Workbench, { current, group }: Pick<Delta, 'current' | 'group'>): SchemaObject[] {
  const below = [...reached([group], (id) => [...bench.current.values()].flatMap((one) => (text(one, 'partitionOf') === id && (one.kind === 'table' || one.kind === 'foreign_table') ? [one.id] : [])))].filter((id) => id !== group);
  return below.flatMap((id) => (bench.currentFamily.get(id) ?? []).filter((object) => object.kind === 'column' && object.name === current?.name));
}

/** A row cannot be written without it. The primary key makes its columns NOT NULL; what it leaves behind can be taken off once it is gone. */
function isDemanded(bench: Workbench, column: SchemaObject): boolean {
  return column.attributes.nullable !== true && text(column, 'identity') === null && (text(column, 'default') === null || ownSequences(bench, column).length > 0);
}

function relax({ table, column }: LateDrop): Omit<Step, 'id'> {
  const alter = `ALTER TABLE ${qualified(table)} ALTER COLUMN ${ident(column.name)}`;
  return {
    title: `Write rows of ${spoken(table)} without ${column.name}`,
    statements: [execute(`${column.name} may be null`, `${alter} DROP NOT NULL`)],
    undo: [execute(`no null in ${column.name}`, `${alter} SET NOT NULL`)],
    locks: [{ mode: 'ACCESS EXCLUSIVE', table }],
    rewrite: false,
    hazards: [{ code: 'BLOCKS_READS_AND_WRITES', sentence: `Reads and writes of ${spoken(table)} wait for a moment; no row is read.` }, { code: 'STOPS_ON_ROWS', sentence: `The way back reads every row, and stops at one that was written without ${column.name}.` }],
    editable: false,
  };
}

function ownSequences(bench: Workbench, column: SchemaObject): SchemaObject[] {
  return bench.chosen.flatMap((delta) => (delta.kind === 'sequence' && delta.change === 'remove' && delta.current && text(delta.current, 'ownedBy') === column.id ? [delta.current] : []));
}

/** Only one that is chosen to go: another goes with its column, as the server does it. */
function releaseSequences(bench: Workbench, { table, column }: LateDrop): Omit<Step, 'id'>[] {
  return ownSequences(bench, column).filter((sequence) => canMove(bench, sequence)).map((sequence) => {
    const alter = `ALTER TABLE ${qualified(table)} ALTER COLUMN ${ident(column.name)}`;
    const fallback = text(column, 'default');
    for (const delta of bench.chosen) if (delta.objectId === sequence.id) bench.taken.add(delta.id);
    return {
      title: `Set the sequence ${sequence.name} aside`,
      statements: [...(fallback === null ? [] : [execute(`no default of ${column.name}`, `${alter} DROP DEFAULT`)]), ...hold(bench, sequence)],
      undo: [
        bringHeldBack(bench, sequence),
        execute(`give ${sequence.name} to ${column.name}`, ownSequence(tableName(sequence), table, column.name)),
        ...(fallback === null ? [] : [execute(`default of ${column.name}`, `${alter} SET DEFAULT ${fallback}`)]),
      ],
      locks: [{ mode: 'ACCESS EXCLUSIVE', table }],
      rewrite: false,
      hazards: [{ code: 'BLOCKS_READS_AND_WRITES', sentence: `Reads and writes of ${spoken(table)} wait for a moment. Rows written from then on have no ${column.name}.` }],
      editable: false,
    };
  });
}

function phaseOf(drops: readonly LateDrop[], drafts: readonly Omit<Step, 'id'>[]): Phase {
  const columns = drops.map(({ table, column }) => `${spoken(table)}.${column.name}`);
  return {
    id: 'leave-columns',
    kind: 'remove',
    title: `Stop asking for ${columns.length <= 3 ? listed(columns) : `${columns.length} columns`}`,
    summary: 'Rows can be written without the columns that clean-up drops. Their values stay until then.',
    steps: drafts.map((step, at) => ({ ...step, id: `leave-columns.${at + 1}` })),
    checks: [],
    verifications: [],
    price: [],
    touches: lateTouches(drops),
    requires: [],
    orphanDecisions: {},
    destructive: false,
    pointOfNoReturn: false,
    due: null,
  };
}

export function lateTouches(drops: readonly LateDrop[]): string[] {
  return drops.flatMap(({ column, along }) => [column, ...along].map(({ id }) => `remove:${id}`)).toSorted();
}

/** For clean-up: each goes for good. */
export function lateSteps(drops: readonly LateDrop[]): Omit<Step, 'id'>[] {
  return drops.map(({ table, column, along }) => ({
    title: `Drop ${column.name} of ${spoken(table)}`,
    statements: [execute(`drop ${column.name}`, `ALTER TABLE ${qualified(table)} DROP COLUMN ${ident(column.name)}`)],
    undo: [],
    locks: [{ mode: 'ACCESS EXCLUSIVE', table }],
    rewrite: false,
    hazards: [{ code: 'NOT_REVERSIBLE', sentence: `The values of ${spoken(table)}.${column.name} are gone for good: ${along.length > 0 ? 'of a partitioned table no copy is kept by its key' : 'no key of the table would find their rows again'}.` }],
    editable: false,
  }));
}

export function lateVerification({ table, column }: LateDrop): Assertion {
  return { label: `${column.name} of ${spoken(table)} is gone`, sql: `SELECT count(*)::text FROM pg_attribute WHERE attrelid = to_regclass(${literal(qualified(table))}) AND attname = ${literal(column.name)} AND NOT attisdropped`, expect: { from: 'literal', value: '0' } };
}

/** The rows that lose a value are what is signed for. */
export function lateChecks(drops: readonly LateDrop[]): Phase['checks'] {
  return [...new Map(drops.map(({ table }) => [tableKey(table), table])).values()].map((table) => ({ id: `rows:${tableKey(table)}`, kind: 'rows', table }));
}
