import { addConstraint, ident, qualified } from '../ddl.ts';
import { kindOf } from '../kinds/all.ts';
import type { Statement, TableName } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import { tableId } from './convert.ts';
import { constraintsOf, execute, goes, tableName, text, type Workbench } from './input.ts';
import { spoken } from './names.ts';

/** A foreign key that is taken off while a table stands aside. */
export interface LooseKey {
  key: SchemaObject;
  /** Whose key it is, and the table at its other end. */
  on: TableName;
  other: TableName;
}

/**
 * Foreign keys of a table that goes with rows, to tables that stay: left on, rows that nobody sees any more would hold back what is deleted there, or go with it. What a
 * partition has from a parent that goes along is taken off there.
 */
export function keysOut(bench: Workbench, table: TableName, withRows: boolean): LooseKey[] {
  if (!withRows) return [];
  return constraintsOf(bench.currentFamily.get(tableId(table)) ?? [], 'foreign key').flatMap((key) => {
    const id = text(key, 'references');
    const parent = bench.current.get(id ?? '');
    const fromParent = key.attributes.inherited === true && goes(bench, text(bench.current.get(tableId(table)) ?? key, 'partitionOf'));
    return parent && id !== tableId(table) && !goes(bench, id) && !fromParent ? [{ key, on: table, other: tableName(parent) }] : [];
  });
}

/**
 * Foreign keys of tables that stay, to the one that goes, when they are to go too: the table cannot be set aside under them. One that comes from a
 * parent's is not among them, because it goes with that. `delta`: the difference that is settled with it.
 */
export function keysInto(bench: Workbench, table: TableName): (LooseKey & { delta: string })[] {
  return bench.chosen.flatMap(({ id: delta, change, current: key }) => {
    if (change !== 'remove' || key?.kind !== 'constraint' || text(key, 'references') !== tableId(table) || key.attributes.inherited === true) return [];
    const holder = bench.current.get(key.parent ?? '');
    const stays = holder?.kind === 'table' && holder.id !== tableId(table) && !goes(bench, holder.id);
    return stays ? [{ key, on: tableName(holder), other: table, delta }] : [];
  });
}

/** Differences that are settled with a key to the table that goes: those keys of partitions that come from it. */
export function goWithIt(bench: Workbench, table: TableName): string[] {
  if (keysInto(bench, table).length === 0) return [];
  return bench.chosen.flatMap(({ id, change, current: key }) => (change === 'remove' && key?.kind === 'constraint' && key.attributes.inherited === true && text(key, 'references') === tableId(table) ? [id] : []));
}

/** As the gate finds it (measure/dependents). */
export function asTheCatalogSays({ key, on }: LooseKey): string {
  return `${ident(key.name)} on ${qualified(on)}`;
}

export function keysOff(keys: readonly LooseKey[]): Statement[] {
  return keys.map(({ key, on }) => execute(`take off ${key.name}`, `ALTER TABLE ${qualified(on)} DROP CONSTRAINT ${ident(key.name)}`));
}

/** A parent may have gone meanwhile: then the key comes back for new rows, and says so by being NOT VALID. */
export function keysOn(bench: Workbench, keys: readonly LooseKey[]): Statement[] {
  return keys.flatMap(({ key, on }): Statement[] => {
    const definition = text(key, 'definition') ?? '';
    const unchecked = / NOT (VALID|ENFORCED)$/.test(definition);
    if (!unchecked && !addsUnchecked(bench, on)) return [checkedAgain(bench, { key, on }, definition)];
    return [
      execute(`add ${key.name} for new rows`, `${addConstraint(on, key.name, definition)}${unchecked ? '' : ' NOT VALID'}`),
      ...(unchecked ? [] : [execute(`check ${key.name} where its rows allow it`, `DO $$ BEGIN\n  ALTER TABLE ${qualified(on)} VALIDATE CONSTRAINT ${ident(key.name)};\nEXCEPTION WHEN foreign_key_violation THEN NULL;\nEND $$`)]),
      ...commentsOn(bench, key, on).map((sql) => execute(`comment on ${key.name}`, sql)),
    ];
  });
}

/** `on`: where the table stands at that moment. */
function commentsOn(bench: Workbench, key: SchemaObject, on: TableName): string[] {
  const comments = (bench.input.current.satellites ?? []).filter((object) => object.kind === 'comment' && object.attributes.target === key.id);
  return comments.flatMap((object) => kindOf('comment').create({ ...object, attributes: { ...object.attributes, on: `CONSTRAINT ${ident(key.name)} ON ${qualified(on)}` } }, []).map(({ sql }) => sql));
}

/** From this version on a partitioned table can get a foreign key that its rows do not keep yet. */
const UNCHECKED_OF_PARTITIONS = 180_000;

export function isPartitioned(bench: Workbench, table: TableName): boolean {
  return bench.current.get(tableId(table))?.attributes.partitioned === true;
}

/** Can a key of the table come back before its rows are looked at? */
function addsUnchecked(bench: Workbench, on: TableName): boolean {
  return !isPartitioned(bench, on) || bench.input.current.target.serverVersion >= UNCHECKED_OF_PARTITIONS;
}

/** What a rollback does with keys of the table, in a sentence. `unless`: where the rows do not allow it. */
export function comesBack(bench: Workbench, on: TableName, unless: string): string {
  if (addsUnchecked(bench, on)) return `A rollback adds what was taken off again, and leaves a key unchecked (NOT VALID) where ${unless}.`;
  return `A rollback reads every row of ${spoken(on)} to add what was taken off again, while writers wait, and leaves a key off where ${unless}: before PostgreSQL 18 a partitioned table can have none unchecked.`;
}

/** In one statement with what is said about it: where its rows do not allow it, the key stays away. */
function checkedAgain(bench: Workbench, { key, on }: Pick<LooseKey, 'key' | 'on'>, definition: string): Statement {
  const all = [addConstraint(on, key.name, definition), ...commentsOn(bench, key, on)];
  return execute(`add ${key.name} where its rows allow it`, `DO $$ BEGIN\n${all.map((sql) => `  ${sql};`).join('\n')}\nEXCEPTION WHEN foreign_key_violation THEN NULL;\nEND $$`);
}
