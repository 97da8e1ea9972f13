import { ident, literal, qualified } from '../ddl.ts';
import { tableKey } from '../expectation.ts';
import { qualifiedId } from '../kinds/relation.ts';
import type { Assertion, Phase, Statement, Step, TableName } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import { listed } from '../words.ts';
import { BACKUP_PHASE } from './backup.ts';
import { tableId } from './convert.ts';
import { columnsOf, primaryKeyOf, refuse, tableName, text, type Built, type Workbench } from './input.ts';
import { keptTable, spoken } from './names.ts';

interface Pair {
  duplicate: TableName;
  kept: TableName;
  key: readonly string[];
  columns: readonly string[];
}

/** Tables that only the target has: a duplicate of another table is merged into it, any other must be empty. Both are set aside, not dropped. */
export function setAsidePhases(bench: Workbench): Built[] {
  const removed = bench.chosen.filter((delta) => delta.kind === 'table' && delta.change === 'remove').flatMap((delta) => {
    bench.taken.add(delta.id);
    return delta.current ? [delta.current] : [];
  });
  const ordinary = removed.filter((object) => !refusePartitioned(bench, object));
  const pairs: Pair[] = [];
  const empties: TableName[] = [];
  for (const object of ordinary) {
    const pair = duplicateOf(bench, object);
    if (pair) pairs.push(pair);
    else empties.push(tableName(object));
  }
  const built: Built[] = [];
  if (pairs.length > 0) built.push({ phase: duplicatePhase(bench, pairs), keeps: pairs.flatMap((pair) => [kept(bench, pair.duplicate), mergedNote(bench, pair)]) });
  if (empties.length > 0) built.push({ phase: emptyPhase(bench, empties), keeps: empties.map((table) => kept(bench, table)) });
  return built;
}

function refusePartitioned(bench: Workbench, object: SchemaObject): boolean {
  if (object.attributes.partitioned !== true) return false;
  refuse(bench, `${spoken(tableName(object))} is partitioned; this version does not set partitioned tables aside.`);
  return true;
}

/** A table whose name is the end of another's (after a prefix) and whose columns are the same, by name and type. */
function duplicateOf(bench: Workbench, object: SchemaObject): Pair | null {
  const mine = signature(bench, object.id);
  for (const other of bench.desired.values()) {
    if (other.kind !== 'table' || other.id === object.id || !bench.current.has(other.id)) continue;
    if (!other.name.endsWith(`_${object.name}`) || signature(bench, other.id) !== mine) continue;
    const family = bench.currentFamily.get(object.id) ?? [];
    const key = primaryKeyOf(bench.currentFamily.get(other.id) ?? []);
    if (key.length === 0) return null;
    return { duplicate: tableName(object), kept: tableName(other), key, columns: columnsOf(family).filter((column) => !text(column, 'generated')).map((column) => column.name) };
  }
  return null;
}

function signature(bench: Workbench, id: string): string {
  return columnsOf(bench.currentFamily.get(id) ?? []).map((column) => `${column.name} ${text(column, 'type') ?? ''}`).sort().join('\n');
}

function duplicatePhase(bench: Workbench, pairs: readonly Pair[]): Phase {
  return {
    id: 'duplicate',
    kind: 'duplicate',
    title: `Merge and remove ${pairs.length === 1 ? 'the duplicate table' : 'duplicate tables'} ${listed(pairs.map((pair) => spoken(pair.duplicate)))}`,
    summary: `Copies rows that only the duplicate has into ${listed(pairs.map((pair) => spoken(pair.kept)))}, then sets the duplicate aside until clean-up. Rows that differ under one key stop it.`,
    steps: pairs.map((pair, i) => mergeStep(bench, pair, i + 1)),
    checks: [
      ...pairs.map((pair) => ({ id: `overlap:${tableKey(pair.duplicate)}`, kind: 'overlap' as const, duplicate: pair.duplicate, kept: pair.kept, key: pair.key })),
      { id: 'dependents', kind: 'dependents', tables: pairs.map((pair) => pair.duplicate) },
      { id: 'free_names', kind: 'free_names', names: pairs.flatMap((pair) => [kept(bench, pair.duplicate), mergedNote(bench, pair)]) },
    ],
    verifications: pairs.flatMap((pair) => [goneAssertion(pair.duplicate)]),
    price: [],
    touches: pairs.flatMap((pair) => [tableId(pair.duplicate), tableId(pair.kept)]),
    requires: [BACKUP_PHASE],
    orphanDecisions: {},
    destructive: false,
    pointOfNoReturn: false,
    due: null,
  };
}

function mergedNote(bench: Pick<Workbench, 'keepSchema'>, pair: { duplicate: TableName }): TableName {
  return keptTable(bench.keepSchema, pair.duplicate, '_merged');
}

function kept(bench: Pick<Workbench, 'keepSchema'>, table: TableName): TableName {
  return { schema: bench.keepSchema, name: table.name };
}

function mergeStep(bench: Workbench, pair: Pair, number: number): Step {
  const match = pair.key.map((column) => `k.${ident(column)} = d.${ident(column)}`).join(' AND ');
  const columns = pair.columns.map(ident).join(', ');
  const note = mergedNote(bench, pair);
  const key = pair.key.map((column) => `d.${ident(column)}`).join(', ');
  const row = (alias: string) => `ROW(${pair.columns.map((column) => `${alias}.${ident(column)}`).join(', ')})::text`;
  return {
    id: `duplicate.${number}`,
    title: `Merge ${spoken(pair.duplicate)} into ${spoken(pair.kept)} and set it aside`,
    statements: [
      { do: 'execute', label: `lock ${pair.duplicate.name}`, sql: `LOCK TABLE ${qualified(pair.duplicate)} IN ACCESS EXCLUSIVE MODE` },
      { do: 'execute', label: `lock ${pair.kept.name} against writes`, sql: `LOCK TABLE ${qualified(pair.kept)} IN SHARE ROW EXCLUSIVE MODE` },
      { do: 'assert', label: `rows that differ under one key`, sql: `SELECT count(*)::text FROM ${qualified(pair.duplicate)} d JOIN ${qualified(pair.kept)} k ON ${match} WHERE ${row('d')} IS DISTINCT FROM ${row('k')}`, expect: { from: 'literal', value: '0' } },
      { do: 'execute', label: 'note which rows are merged', sql: `CREATE TABLE ${qualified(note)} AS SELECT ${key} FROM ${qualified(pair.duplicate)} d WHERE NOT EXISTS (SELECT 1 FROM ${qualified(pair.kept)} k WHERE ${match})` },
      { do: 'execute', label: `copy rows that only ${pair.duplicate.name} has`, sql: `INSERT INTO ${qualified(pair.kept)} (${columns})\n  SELECT ${pair.columns.map((column) => `d.${ident(column)}`).join(', ')} FROM ${qualified(pair.duplicate)} d\n  WHERE NOT EXISTS (SELECT 1 FROM ${qualified(pair.kept)} k WHERE ${match})` },
      { do: 'assert', label: `rows of ${spoken(pair.duplicate)} missing in ${spoken(pair.kept)}`, sql: `SELECT count(*)::text FROM ${qualified(pair.duplicate)} d WHERE NOT EXISTS (SELECT 1 FROM ${qualified(pair.kept)} k WHERE ${match})`, expect: { from: 'literal', value: '0' } },
      moveAside(bench, pair.duplicate),
    ],
    undo: [
      bringBack(bench, pair.duplicate),
      { do: 'execute', label: `take the merged rows out of ${pair.kept.name}`, sql: `DELETE FROM ${qualified(pair.kept)} k USING ${qualified(note)} d WHERE ${match}` },
      { do: 'execute', label: 'drop the note of merged rows', sql: `DROP TABLE ${qualified(note)} RESTRICT` },
    ],
    locks: [{ mode: 'ACCESS EXCLUSIVE', table: pair.duplicate }, { mode: 'SHARE ROW EXCLUSIVE', table: pair.kept }],
    rewrite: false,
    hazards: [{ code: 'BLOCKS_READS_AND_WRITES', sentence: `After this step nobody finds ${spoken(pair.duplicate)} under its name: code that still reads it fails.` }],
    editable: false,
  };
}

function emptyPhase(bench: Workbench, tables: readonly TableName[]): Phase {
  return {
    id: 'empty',
    kind: 'empty',
    title: `Remove ${tables.length} empty ${tables.length === 1 ? 'table' : 'tables'}`,
    summary: `Sets ${listed(tables.map(spoken))} aside after checking, under lock, that not one row has slipped in. Clean-up drops them.`,
    steps: tables.map((table, i) => emptyStep(bench, table, i + 1)),
    checks: [
      ...tables.map((table) => ({ id: `empty:${tableKey(table)}`, kind: 'empty' as const, table })),
      { id: 'dependents', kind: 'dependents', tables },
      { id: 'free_names', kind: 'free_names', names: tables.map((table) => kept(bench, table)) },
    ],
    verifications: tables.map(goneAssertion),
    price: [],
    touches: tables.map(tableId),
    requires: [BACKUP_PHASE],
    orphanDecisions: {},
    destructive: false,
    pointOfNoReturn: false,
    due: null,
  };
}

function emptyStep(bench: Workbench, table: TableName, number: number): Step {
  return {
    id: `empty.${number}`,
    title: `Set ${spoken(table)} aside`,
    statements: [
      { do: 'execute', label: `lock ${table.name}`, sql: `LOCK TABLE ${qualified(table)} IN ACCESS EXCLUSIVE MODE` },
      { do: 'assert', label: `rows of ${spoken(table)}`, sql: `SELECT count(*)::text FROM ${qualified(table)}`, expect: { from: 'literal', value: '0' } },
      ...leave(bench, table),
      moveAside(bench, table),
    ],
    undo: [bringBack(bench, table), ...join(bench, table)],
    locks: [{ mode: 'ACCESS EXCLUSIVE', table }],
    rewrite: false,
    hazards: [{ code: 'BLOCKS_READS_AND_WRITES', sentence: `After this step nobody finds ${spoken(table)} under its name: code that still reads it fails.` }],
    editable: false,
  };
}

function moveAside(bench: Workbench, table: TableName): Statement {
  return { do: 'execute', label: `set ${table.name} aside`, sql: `ALTER TABLE ${qualified(table)} SET SCHEMA ${ident(bench.keepSchema)}` };
}

/**
 * A partition that only moved would still be part of its parent, and rows would go on landing in it. An heir gets no rows from its parent, and
 * stays one: what it inherited would be its own after coming back. Neither does a partition leave a parent that goes along.
 */
function parentOf(bench: Workbench, table: TableName): { parent: string; bound: string } | null {
  const object = bench.current.get(tableId(table));
  const parent = object ? text(object, 'partitionOf') : null;
  const stays = parent !== null && !bench.chosen.some((delta) => delta.change === 'remove' && delta.objectId === parent);
  return stays ? { parent: qualifiedId(parent), bound: (object && text(object, 'partitionBound')) ?? 'DEFAULT' } : null;
}

function leave(bench: Workbench, table: TableName): Statement[] {
  const from = parentOf(bench, table);
  return from ? [{ do: 'execute', label: `detach ${table.name}`, sql: `ALTER TABLE ${from.parent} DETACH PARTITION ${qualified(table)}` }] : [];
}

function join(bench: Workbench, table: TableName): Statement[] {
  const to = parentOf(bench, table);
  return to ? [{ do: 'execute', label: `attach ${table.name}`, sql: `ALTER TABLE ${to.parent} ATTACH PARTITION ${qualified(table)} ${to.bound}` }] : [];
}

function bringBack(bench: Workbench, table: TableName): Statement {
  return { do: 'execute', label: `bring ${table.name} back`, sql: `ALTER TABLE ${qualified(kept(bench, table))} SET SCHEMA ${ident(table.schema)}` };
}

/** Something else may have taken the name since. */
function goneAssertion(table: TableName): Assertion {
  return { label: `${spoken(table)} is gone`, sql: `SELECT (NOT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass(${literal(qualified(table))}) AND relkind IN ('r', 'p')))::text`, expect: { from: 'literal', value: 'true' } };
}
