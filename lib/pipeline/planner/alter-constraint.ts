import { addConstraint, ident, idents, qualified, setIndexOptions } from '../ddl.ts';
import type { Delta } from '../diff.ts';
import type { LockClaim, TableName } from '../plan.ts';
import { parseObjectId, type SchemaObject } from '../snapshot.ts';
import type { IndexSpec } from '../step-kinds/outside.ts';
import { built } from './alter-index.ts';
import { type Draft, draft, lockHazards, part } from './draft.ts';
import { execute, list, text } from './input.ts';
import { spoken } from './names.ts';

/**
 * A constraint of a table with rows, in the form that holds nobody up: foreign keys and checks are added NOT VALID, which stops new rows
 * that break them, and validated in a step of their own under a lock that lets writes go on; unique and primary keys take over an index
 * that was built concurrently. What has no such form (exclusion constraints) is one step, with its hazard. Partitioned tables are the script's.
 * `said`: the comment that is on it, which goes with it and is given again.
 */
export function constraintDrafts(delta: Delta, table: TableName, said: readonly string[] = []): Draft[] {
  const { desired, current } = delta;
  if (desired && !current && keepsIndex(desired)) return uniqueDrafts(desired, table);
  if (desired && validatesLater(desired)) return validatedDrafts(delta, desired, table, said);
  return [lockedDraft(delta, table, said)];
}

function kindOf(object: SchemaObject): string {
  return text(object, 'type') ?? '';
}

function definitionOf(object: SchemaObject): string {
  return text(object, 'definition') ?? '';
}

function validatesLater(object: SchemaObject): boolean {
  return ['foreign key', 'check'].includes(kindOf(object)) && !/ NOT (VALID|ENFORCED)$/.test(definitionOf(object));
}

/** The parent of a foreign key is locked as well: SHARE ROW EXCLUSIVE to add it, ACCESS EXCLUSIVE to drop it. */
function claims(object: SchemaObject, table: TableName, mode: LockClaim['mode'], onParent: LockClaim['mode']): LockClaim[] {
  const parent = text(object, 'references');
  const path = parent ? parseObjectId(parent).path : [];
  const [schema, name] = path;
  return [{ mode, table }, ...(schema !== undefined && name !== undefined && `${schema}.${name}` !== `${table.schema}.${table.name}` ? [{ mode: onParent, table: { schema, name } }] : [])];
}

function validatedDrafts({ current }: Delta, desired: SchemaObject, table: TableName, said: readonly string[]): Draft[] {
  const alter = `ALTER TABLE ${qualified(table)}`;
  const drop = (name: string) => `${alter} DROP CONSTRAINT ${ident(name)}`;
  const foreign = kindOf(desired) === 'foreign key';
  const mode = foreign && !current ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE';
  const add: Draft = {
    ...part(
      `${current ? 'Replace' : 'Add'} ${desired.name}, for new rows first`,
      claims(desired, table, mode, mode),
      [...(current ? [drop(current.name)] : []), `${addConstraint(table, desired.name, definitionOf(desired))} NOT VALID`, ...said],
      // What it replaces was valid, and comes back as it was: its rows are checked under the lock.
      [current ? drop(desired.name) : `${alter} DROP CONSTRAINT IF EXISTS ${ident(desired.name)}`, ...(current ? [addConstraint(table, current.name, definitionOf(current)), ...said] : [])],
      lockHazards(mode, table).map((hazard) => ({ ...hazard, sentence: `${hazard.code === 'BLOCKS_WRITES' ? `Writes to ${spoken(table)} wait` : `Reads and writes of ${spoken(table)} wait`} for the moment in which the constraint is noted; no row is read.` })),
    ),
    undoLocks: claims(desired, table, 'ACCESS EXCLUSIVE', 'ACCESS EXCLUSIVE'),
  };
  const validate = part(`Check the rows of ${spoken(table)} against ${desired.name}`, claims(desired, table, 'SHARE UPDATE EXCLUSIVE', 'ROW SHARE'), [`${alter} VALIDATE CONSTRAINT ${ident(desired.name)}`], null);
  return [add, validate];
}

/** Columns, INCLUDE and NULLS NOT DISTINCT can be said of an index; WITHOUT OVERLAPS cannot. */
function keepsIndex(object: SchemaObject): boolean {
  return ['unique', 'primary key'].includes(kindOf(object)) && object.attributes.period !== true && !definitionOf(object).includes('WITHOUT OVERLAPS');
}

function uniqueDrafts(object: SchemaObject, table: TableName): Draft[] {
  const definition = definitionOf(object);
  const include = / INCLUDE (\(.*?\))(?= DEFERRABLE| WITH|$)/.exec(definition)?.[1];
  const using = `btree (${idents(list(object, 'columns'))})${include === undefined ? '' : ` INCLUDE ${include}`}${definition.includes('NULLS NOT DISTINCT') ? ' NULLS NOT DISTINCT' : ''}`;
  const index: IndexSpec = { schema: table.schema, name: object.name, table, unique: true, using };
  const word = kindOf(object) === 'primary key' ? 'PRIMARY KEY' : 'UNIQUE';
  const deferrable = text(object, 'deferrable') ?? 'NOT DEFERRABLE';
  const options = list(object, 'indexOptions');
  const take = `${addConstraint(table, object.name, `${word} USING INDEX ${ident(object.name)}`)}${deferrable === 'NOT DEFERRABLE' ? '' : ` ${deferrable}`}`;
  const make = part(
    `Make the index the ${word === 'UNIQUE' ? 'unique' : 'primary'} key ${object.name}`,
    [{ mode: 'ACCESS EXCLUSIVE', table }],
    [...(options.length > 0 ? [setIndexOptions({ schema: table.schema, name: object.name }, options)] : []), take],
    [`ALTER TABLE ${qualified(table)} DROP CONSTRAINT ${ident(object.name)}`],
    [{ code: 'BLOCKS_READS_AND_WRITES', sentence: `Reads and writes of ${spoken(table)} wait for a moment; no row is read.` }],
  );
  // Dropping the constraint drops its index, so that the undo of the build finds nothing left to drop.
  return [built(index), make];
}

function lockedDraft(delta: Delta, table: TableName, said: readonly string[]): Draft {
  const object = delta.desired ?? (delta.current as NonNullable<Delta['current']>);
  const drop = `ALTER TABLE ${qualified(table)} DROP CONSTRAINT ${ident(object.name)}`;
  const add = (from: SchemaObject) => addConstraint(table, from.name, definitionOf(from));
  const forward = [...(delta.current ? [drop] : []), ...(delta.desired ? [add(delta.desired), ...said] : [])];
  const back = [...(delta.desired ? [drop] : []), ...(delta.current ? [add(delta.current), ...said] : [])];
  const mode = kindOf(object) === 'foreign key' && !delta.current ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE';
  const verb = delta.change === 'add' ? 'Add' : delta.change === 'remove' ? 'Drop' : 'Replace';
  const base = draft(`${verb} ${object.name}`, mode, table, '', '');
  return { ...base, statements: forward.map((sql) => execute(object.name, sql)), undo: back.map((sql) => execute(object.name, sql)), locks: claims(object, table, mode, mode) };
}
