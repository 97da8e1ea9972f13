import { addConstraint, ident, qualified } from '../ddl.ts';
import { kindOf } from '../kinds/all.ts';
import type { Statement, TableName } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import { tableId } from './convert.ts';
import { constraintsOf, execute, goes, tableName, text, type Workbench } from './input.ts';

/** A foreign key that is taken off while a table stands aside. */
export interface LooseKey {
  key: SchemaObject;
  /** Whose key it is, and the table at its other end. */
  on: TableName;
  other: TableName;
}

/**
 * Foreign keys of a table that goes with rows, to tables that stay: left on, rows that nobody sees any more would hold back what is deleted there, or go with it. Those of
 * a partitioned table stay on, because none could be added again unchecked.
 */
export function keysOut(bench: Workbench, table: TableName, withRows: boolean): LooseKey[] {
  if (!withRows || bench.current.get(tableId(table))?.attributes.partitioned === true) return [];
  return constraintsOf(bench.currentFamily.get(tableId(table)) ?? [], 'foreign key').flatMap((key) => {
    const id = text(key, 'references');
    const parent = bench.current.get(id ?? '');
    return parent && id !== tableId(table) && !goes(bench, id) ? [{ key, on: table, other: tableName(parent) }] : [];
  });
}

/**
 * Foreign keys of tables that stay, to the one that goes, when they are to go too: the table cannot be set aside under them. One of a partitioned table is not among them,
 * because a rollback could not add it again unchecked; nor is one that comes from a parent's. `delta`: the difference that is settled with it.
 */
export function keysInto(bench: Workbench, table: TableName): (LooseKey & { delta: string })[] {
  return bench.chosen.flatMap(({ id: delta, change, current: key }) => {
    if (change !== 'remove' || key?.kind !== 'constraint' || text(key, 'references') !== tableId(table) || key.attributes.inherited === true) return [];
    const holder = bench.current.get(key.parent ?? '');
    const stays = holder?.kind === 'table' && holder.id !== tableId(table) && holder.attributes.partitioned !== true && !goes(bench, holder.id);
    return stays ? [{ key, on: tableName(holder), other: table, delta }] : [];
  });
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
    const comments = (bench.input.current.satellites ?? []).filter((object) => object.kind === 'comment' && object.attributes.target === key.id);
    return [
      execute(`add ${key.name} for new rows`, `${addConstraint(on, key.name, definition)}${unchecked ? '' : ' NOT VALID'}`),
      ...(unchecked ? [] : [execute(`check ${key.name} where its rows allow it`, `DO $$ BEGIN\n  ALTER TABLE ${qualified(on)} VALIDATE CONSTRAINT ${ident(key.name)};\nEXCEPTION WHEN foreign_key_violation THEN NULL;\nEND $$`)]),
      ...comments.flatMap((object) => kindOf('comment').create(object, []).map(({ sql }) => execute(`comment on ${key.name}`, sql))),
    ];
  });
}
