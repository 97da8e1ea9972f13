import { createIndex, ident } from '../ddl.ts';
import type { LockClaim, TableName } from '../plan.ts';
import { objectId, parseObjectId, type SchemaObject } from '../snapshot.ts';
import { changedTables, losingTables, takenAlong } from './cascade.ts';
import { nameOf } from './create.ts';
import { claims, type Effect, hazard, holdUp, type Reader } from './effect.ts';
import { type Existing, tableObject } from './existing.ts';
import { distinct, listAt, type Node, nodesAt, strongest, textAt } from './tree.ts';

const RELATIONS = new Set(['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_FOREIGN_TABLE']);
const ON_TABLE = new Set(['OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE']);

/** DROP of anything. A table takes the lock on its partners by foreign keys too (execution paper, section 1), which only a reading knows. */
export function drop(node: Node, reader: Reader): Effect {
  const named = dropNamed(node, reader);
  const beside = cascade(node, null, reader);
  return beside ? { ...named, inverse: null, locks: strongest([...(named.locks ?? []), ...(beside.locks ?? [])]), tables: distinct([...(named.tables ?? []), ...(beside.tables ?? [])]), hazards: [...(named.hazards ?? []), ...(beside.hazards ?? [])], loses: [...(named.loses ?? []), ...(beside.loses ?? [])] } : named;
}

/** DROP OWNED BY: what a role owns in this database goes, its rights as well. */
export function dropOwned(node: Node, reader: Reader): Effect {
  const roles = nodesAt(node, 'roles', 'RoleSpec').flatMap((role) => textAt(role, 'rolename') ?? []);
  const tables = [...(reader.existing?.objects.values() ?? [])].filter(({ kind, aside }) => kind === 'table' && typeof aside?.owner === 'string' && roles.includes(aside.owner)).map(({ schema, name }) => ({ schema, name }));
  return { locks: claims('ACCESS EXCLUSIVE', tables), tables, loses: tables, hazards: [hazard('LOSES_DATA', `Everything that ${roles.join(', ') || 'the role'} owns in this database is gone.`)] };
}

/** What CASCADE adds to a statement: `table` where it is an action of ALTER TABLE. */
export function cascade(node: Node, table: TableName | null, reader: Reader): Effect | null {
  const taken = takenAlong(node, table, reader.searchPath, reader.existing);
  if (!taken) return null;
  if (!taken.along) return reader.existing ? {} : { hazards: [hazard('LOSES_DATA', `What CASCADE takes along with ${taken.of} is not known: columns and their values may be among it.`)] };
  const changed = reader.existing ? changedTables(taken, reader.existing) : [];
  const losing = losingTables(taken);
  return { locks: claims('ACCESS EXCLUSIVE', changed), tables: changed, loses: losing, hazards: [...changed.flatMap((one) => holdUp('ACCESS EXCLUSIVE', one, 'moment')), ...(losing.length > 0 ? [hazard('LOSES_DATA', `CASCADE takes rows or values of ${losing.map(({ name }) => name).join(', ')} along with ${taken.of}.`)] : [])] };
}

function dropNamed(node: Node, reader: Reader): Effect {
  const type = String(node.removeType);
  const names = listAt(node, 'objects').map(nameOf);
  if (RELATIONS.has(type)) return dropRelations(type, names.flatMap((parts) => reader.resolve(parts) ?? []), reader);
  if (type === 'OBJECT_INDEX') return dropIndexes(names.flatMap((parts) => reader.resolve(parts) ?? []), node.concurrent === true, reader);
  if (ON_TABLE.has(type)) return dropFromTables(names.flatMap((parts) => reader.resolve(parts.slice(0, -1)) ?? []));
  if (type === 'OBJECT_SCHEMA') return dropSchemas(names.map((parts) => parts[0] ?? ''), reader);
  if (type === 'OBJECT_SEQUENCE') return { hazards: [hazard('LOSES_DATA', `The position of ${names.map((parts) => parts.at(-1)).join(', ')} is gone.`)] };
  return {};
}

function dropRelations(type: string, tables: readonly TableName[], reader: Reader): Effect {
  const holds = type === 'OBJECT_TABLE';
  const partners = holds && reader.existing ? tables.flatMap((table) => partnersOf(table, reader.existing)) : [];
  return {
    locks: strongest(claims('ACCESS EXCLUSIVE', [...tables, ...partners])),
    tables: distinct([...tables, ...partners]),
    loses: holds ? tables : [],
    hazards: [...tables.flatMap((table) => (holds ? [hazard('LOSES_DATA', `${table.name} and its rows are gone.`)] : [])), ...distinct(partners).flatMap((table) => holdUp('ACCESS EXCLUSIVE', table, 'moment'))],
  };
}

/** Tables that a table refers to by foreign keys, and those that refer to it. */
function partnersOf(table: TableName, existing: Existing | null): TableName[] {
  const own = existing ? tableObject(existing, table) : undefined;
  if (!existing || !own) return [];
  const outward = (existing.children.get(own.id) ?? []).flatMap(({ attributes }) => (typeof attributes.references === 'string' ? tableOfId(attributes.references) : []));
  const inward = (existing.inbound.get(own.id) ?? []).flatMap(({ parent }) => tableOfId(parent));
  return [...outward, ...inward].filter((one) => one.schema !== table.schema || one.name !== table.name);
}

function tableOfId(id: string | null): TableName[] {
  if (id === null) return [];
  const [schema = '', name = ''] = parseObjectId(id).path;
  return [{ schema, name }];
}

function dropIndexes(indexes: readonly TableName[], gentle: boolean, reader: Reader): Effect {
  const known = indexes.flatMap(({ schema, name }) => reader.existing?.indexes.get(`${schema}.${name}`) ?? []);
  const tables = distinct(known.flatMap(({ parent }) => tableOfId(parent)));
  const mode: LockClaim['mode'] = gentle ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE';
  const [only, ...more] = known;
  const whole = only && more.length === 0 && indexes.length === 1 && only.kind === 'index' ? only : null;
  return {
    locks: claims(mode, tables),
    tables,
    hazards: gentle ? [] : tables.length > 0 ? tables.flatMap((table) => holdUp('ACCESS EXCLUSIVE', table, 'moment')) : [hazard('BLOCKS_READS_AND_WRITES', `Reads and writes of the table of ${indexes.map((index) => index.name).join(', ')} wait for a moment, once the lock is had.`)],
    ...(gentle ? { outside: { word: 'DROP INDEX CONCURRENTLY', act: whole ? dropAct(whole) : null } } : {}),
    inverse: whole ? definitionBack(whole, gentle) : null,
  };
}

function dropAct(index: SchemaObject): { act: 'drop_index'; index: { schema: string; name: string; table: TableName; unique: boolean; using: string } } {
  const [table = { schema: '', name: '' }] = tableOfId(index.parent);
  return { act: 'drop_index', index: { schema: index.schema, name: index.name, table, unique: index.attributes.unique === true, using: String(index.attributes.using) } };
}

function definitionBack(index: SchemaObject, gentle: boolean): string | null {
  const [table] = tableOfId(index.parent);
  if (!table || typeof index.attributes.using !== 'string') return null;
  const back = createIndex(index, table);
  return gentle ? back.replace(` INDEX ${ident(index.name)} `, () => ` INDEX CONCURRENTLY ${ident(index.name)} `) : back;
}

function dropFromTables(tables: readonly TableName[]): Effect {
  return { locks: claims('ACCESS EXCLUSIVE', tables), tables, hazards: tables.flatMap((table) => holdUp('ACCESS EXCLUSIVE', table, 'moment')) };
}

function dropSchemas(names: readonly string[], reader: Reader): Effect {
  const inside = reader.existing ? [...reader.existing.objects.values()].filter((object) => object.kind === 'table' && names.includes(object.schema)) : [];
  const tables = inside.map(({ schema, name }) => ({ schema, name }));
  const there = names.some((name) => reader.existing?.objects.has(objectId('schema', name)));
  const lost = tables.length > 0 ? `${tables.length} tables in ${names.join(', ')} and their rows are gone.` : `Whatever stands in ${names.join(', ')} is gone, where CASCADE is said.`;
  return { locks: claims('ACCESS EXCLUSIVE', tables), tables, loses: tables, hazards: tables.length > 0 || !there ? [hazard('LOSES_DATA', lost)] : [] };
}
