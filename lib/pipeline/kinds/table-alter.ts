import { attachPartition, ident, qualified, replicaIdentityClause, storageParameters } from '../ddl.ts';
import { parseObjectId, type SchemaObject } from '../snapshot.ts';
import type { Change } from './kind.ts';
import { listOf, qualifiedId, textOf } from './relation.ts';

/** Stands in a statement of its own, because it has a place of its own among the others. */
export const CATALOG_PARAMETER = 'user_catalog_table';

/** Statements for what is said of a table as a whole. null when it would have to become another table. */
export function alterTable({ current, desired, names }: Change): string[] | null {
  const alter = `ALTER TABLE ${qualified(desired)}`;
  return [
    ...leaving(current, desired, names),
    ...(names.has('persistence') ? [`${alter} SET ${desired.attributes.persistence === 'unlogged' ? 'UNLOGGED' : 'LOGGED'}`] : []),
    ...(names.has('accessMethod') ? [`${alter} SET ACCESS METHOD ${accessMethod(desired)}`] : []),
    ...changedParameters(alter, ...parameters(current, desired, (each) => each !== CATALOG_PARAMETER)),
    ...changedParameters(alter, ...parameters(current, desired, (each) => each === CATALOG_PARAMETER)),
    ...(names.has('rowSecurity') ? [`${alter} ${desired.attributes.rowSecurity === true ? 'ENABLE' : 'DISABLE'} ROW LEVEL SECURITY`] : []),
    ...(names.has('forceRowSecurity') ? [`${alter} ${desired.attributes.forceRowSecurity === true ? 'FORCE' : 'NO FORCE'} ROW LEVEL SECURITY`] : []),
    ...(names.has('replicaIdentity') || names.has('replicaIdentityIndex') ? [replicaIdentity(alter, desired)] : []),
    ...joining(current, desired, names),
  ];
}

/** What lets the table go from parents that it has no longer, or from the one whose partition it is otherwise. */
export function leaving(current: SchemaObject, desired: SchemaObject, names: ReadonlySet<string>): string[] {
  const from = textOf(current, 'partitionOf');
  const moved = names.has('partitionOf') || names.has('partitionBound');
  return [
    ...(moved && from !== null ? [`ALTER TABLE ${qualifiedId(from)} DETACH PARTITION ${qualified(current)}`] : []),
    ...listOf(current, 'inherits').filter((parent) => !parentsKept(current, desired).includes(parent)).map((parent) => `ALTER TABLE ${qualified(current)} NO INHERIT ${qualifiedId(parent)}`),
  ];
}

/** What puts it under parents that it did not have, or under its old one as another partition. */
export function joining(current: SchemaObject, desired: SchemaObject, names: ReadonlySet<string>): string[] {
  const to = textOf(desired, 'partitionOf');
  const moved = names.has('partitionOf') || names.has('partitionBound');
  const [schema = '', name = ''] = to === null ? [] : parseObjectId(to).path;
  return [
    ...(moved && to !== null ? [attachPartition({ schema, name }, desired, textOf(desired, 'partitionBound') ?? 'DEFAULT')] : []),
    ...listOf(desired, 'inherits').filter((parent) => !parentsKept(current, desired).includes(parent)).map((parent) => `ALTER TABLE ${qualified(desired)} INHERIT ${qualifiedId(parent)}`),
  ];
}

/** Parents that it is not taken from on the way. A new one comes behind all others, so that one which is to stand behind a new one is left and comes again. */
export function parentsKept(current: SchemaObject, desired: SchemaObject): readonly string[] {
  const wanted = listOf(desired, 'inherits');
  return listOf(current, 'inherits').reduce<string[]>((kept, parent) => (wanted[kept.length] === parent ? [...kept, parent] : kept), []);
}

function parameters(current: SchemaObject, desired: SchemaObject, which: (name: string) => boolean): [string[], string[]] {
  return [listOf(current, 'options').filter((option) => which(name(option))), listOf(desired, 'options').filter((option) => which(name(option)))];
}

function changedParameters(alter: string, before: readonly string[], after: readonly string[]): string[] {
  const gone = before.map(name).filter((each) => !after.map(name).includes(each));
  const set = after.filter((option) => !before.includes(option));
  return [
    ...(gone.length > 0 ? [`${alter} RESET (${gone.map((each) => each.split('.').map(ident).join('.')).join(', ')})`] : []),
    ...(set.length > 0 ? [`${alter} SET (${storageParameters(set)})`] : []),
  ];
}

function replicaIdentity(alter: string, desired: SchemaObject): string {
  const index = textOf(desired, 'replicaIdentityIndex');
  return `${alter} ${replicaIdentityClause(textOf(desired, 'replicaIdentity') ?? 'default', index)}`;
}

function name(option: string): string {
  return option.slice(0, option.indexOf('='));
}

/** Of a partitioned table it is what its next partitions get, which may be left open. */
function accessMethod(table: SchemaObject): string {
  const method = textOf(table, 'accessMethod');
  return method === null ? (table.attributes.partitioned === true ? 'DEFAULT' : 'heap') : ident(method);
}
