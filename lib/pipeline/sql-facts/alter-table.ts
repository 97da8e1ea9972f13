import { ident, qualified } from '../ddl.ts';
import type { Hazard, LockMode } from '../hazards.ts';
import type { LockClaim, TableName } from '../plan.ts';
import { objectId, parseObjectId } from '../snapshot.ts';
import { alterColumn } from './alter-column.ts';
import { alterConstraint } from './alter-constraint.ts';
import { cascade } from './drop.ts';
import { type Effect, holdUp, type Reader, type Span } from './effect.ts';
import { listAt, type Node, nodeAt, nodesAt, relationAt, relationOf, strength, strongest, textAt, wrapped } from './tree.ts';

/** What one action of ALTER TABLE does. `inverse`: the action that takes it back, without `ALTER TABLE name`. */
export interface Action {
  mode: LockMode;
  span: Span;
  hazards: readonly Hazard[];
  /** Beside the lock on the table itself. */
  locks: readonly LockClaim[];
  tables: readonly TableName[];
  loses: readonly TableName[];
  inverse: string | null;
}

export type Part = Partial<Action>;

/** Actions that only change what is written about the table, under a lock that lets everybody read and write (manual, ALTER TABLE). */
const LIGHT = new Set(['AT_SetStatistics', 'AT_SetOptions', 'AT_ResetOptions', 'AT_ClusterOn', 'AT_DropCluster']);
const TRIGGERS = /^AT_(?:Enable|Disable)(?:Always|Replica)?Trig/;
/** Storage parameters whose readers must be kept out; all others need SHARE UPDATE EXCLUSIVE. */
const HEAVY_PARAMETERS = new Set(['user_catalog_table', 'security_barrier', 'security_invoker', 'check_option', 'buffering', 'fastupdate', 'autosummarize', 'pages_per_range']);
const REWRITES = new Set(['AT_SetLogged', 'AT_SetUnLogged', 'AT_SetAccessMethod', 'AT_SetTableSpace']);
/** What ALTER TABLE is also said about. */
const ON_ROWS = new Set(['OBJECT_TABLE', 'OBJECT_FOREIGN_TABLE', 'OBJECT_MATVIEW']);

/**
 * ALTER TABLE with all its actions: Postgres takes the strongest lock that any of them needs, for all of them together. Lock levels: AlterTableGetLockLevel() of the server and the
 * manual's page of ALTER TABLE; the execution paper, section 1.
 */
export function alterTable(node: Node, reader: Reader): Effect {
  const type = String(node.objtype);
  const table = relationAt(node, 'relation', reader.resolve);
  if (type === 'OBJECT_TYPE') return alterCompositeType(node, reader);
  if (type === 'OBJECT_INDEX') return alterIndex(node, reader);
  if (!table) return {};
  if (!ON_ROWS.has(type)) return { locks: [{ mode: 'ACCESS EXCLUSIVE', table }], tables: [table], inverse: null };
  const parts = nodesAt(node, 'cmds', 'AlterTableCmd').map((cmd) => complete(withCascade(partOf(cmd, table, reader), cascade(cmd, table, reader))));
  const mode = parts.reduce<LockMode>((worst, part) => (strength(part.mode) > strength(worst) ? part.mode : worst), 'ACCESS SHARE');
  const span = parts.some((part) => part.span === 'writes') ? 'writes' : parts.some((part) => part.span === 'reads') ? 'reads' : 'moment';
  return {
    locks: strongest([{ mode, table }, ...parts.flatMap((part) => part.locks)]),
    rewrite: span === 'writes',
    hazards: [...holdUp(mode, table, span), ...(span === 'writes' ? [{ code: 'REWRITES_TABLE' as const, sentence: `Every row of ${table.name} is written anew, with all its indexes: as much disk again, and nobody reads meanwhile.` }] : []), ...parts.flatMap((part) => part.hazards)],
    tables: [table, ...parts.flatMap((part) => part.tables)],
    loses: parts.flatMap((part) => part.loses),
    ...detachOutside(node, table, reader),
    inverse: node.missing_ok === true && !reader.existing ? null : inverseOf(table, parts),
  };
}

/** What CASCADE takes along comes back by no action on this table. */
function withCascade(part: Part, beside: Effect | null): Part {
  return beside ? { ...part, inverse: null, locks: [...(part.locks ?? []), ...(beside.locks ?? [])], tables: [...(part.tables ?? []), ...(beside.tables ?? [])], hazards: [...(part.hazards ?? []), ...(beside.hazards ?? [])], loses: [...(part.loses ?? []), ...(beside.loses ?? [])] } : part;
}

function complete(part: Part): Action {
  return { mode: 'ACCESS EXCLUSIVE', span: 'moment', hazards: [], locks: [], tables: [], loses: [], inverse: null, ...part };
}

/** Back in the opposite order, in one statement; null as soon as one of the actions has no way back. */
function inverseOf(table: TableName, parts: readonly Action[]): string | null {
  const back = parts.toReversed().map((part) => part.inverse);
  return back.length > 0 && back.every((one) => one !== null) ? `ALTER TABLE ${qualified(table)} ${back.join(', ')}` : null;
}

function partOf(cmd: Node, table: TableName, reader: Reader): Part {
  const subtype = String(cmd.subtype);
  if (LIGHT.has(subtype)) return { mode: 'SHARE UPDATE EXCLUSIVE' };
  if (TRIGGERS.test(subtype)) return { mode: 'SHARE ROW EXCLUSIVE' };
  if (REWRITES.has(subtype)) return { span: 'writes', inverse: persistenceBack(subtype) };
  switch (subtype) {
    case 'AT_SetRelOptions':
    case 'AT_ResetRelOptions':
    case 'AT_ReplaceRelOptions': return { mode: parametersMode(cmd) };
    case 'AT_AttachPartition': return attach(cmd, reader);
    case 'AT_DetachPartition':
    case 'AT_DetachPartitionFinalize': return detach(cmd, subtype, reader);
    case 'AT_AddInherit':
    case 'AT_DropInherit': return inherit(cmd, subtype, reader);
    case 'AT_EnableRowSecurity': return { inverse: settingBack(table, reader, 'rowSecurity', false, 'DISABLE ROW LEVEL SECURITY') };
    case 'AT_DisableRowSecurity': return { inverse: settingBack(table, reader, 'rowSecurity', true, 'ENABLE ROW LEVEL SECURITY') };
    case 'AT_ForceRowSecurity': return { inverse: settingBack(table, reader, 'forceRowSecurity', false, 'NO FORCE ROW LEVEL SECURITY') };
    default: return alterConstraint(cmd, table, reader) ?? alterColumn(cmd, table, reader) ?? {};
  }
}

function persistenceBack(subtype: string): string | null {
  return subtype === 'AT_SetLogged' ? 'SET UNLOGGED' : subtype === 'AT_SetUnLogged' ? 'SET LOGGED' : null;
}

function settingBack(table: TableName, { existing }: Reader, attribute: string, was: boolean, back: string): string | null {
  return existing?.objects.get(objectId('table', table.schema, table.name))?.attributes[attribute] === was ? back : null;
}

function parametersMode(cmd: Node): LockMode {
  const parameters = listAt(wrapped(cmd.def, 'List') ?? {}, 'items').flatMap((each) => textAt(wrapped(each, 'DefElem') ?? {}, 'defname') ?? []);
  return parameters.some((name) => HEAVY_PARAMETERS.has(name)) ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE';
}

function partition(cmd: Node, reader: Reader): TableName | null {
  return relationAt(wrapped(cmd.def, 'PartitionCmd') ?? {}, 'name', reader.resolve);
}

function attach(cmd: Node, reader: Reader): Part {
  const child = partition(cmd, reader);
  if (!child) return { mode: 'SHARE UPDATE EXCLUSIVE' };
  return {
    mode: 'SHARE UPDATE EXCLUSIVE',
    locks: [{ mode: 'ACCESS EXCLUSIVE', table: child }],
    tables: [child],
    hazards: [...holdUp('ACCESS EXCLUSIVE', child, 'reads'), { code: 'STOPS_ON_ROWS', sentence: `Stops at a row of ${child.name} that does not belong into the partition; without a valid check that says the same every row is read.` }],
    inverse: `DETACH PARTITION ${qualified(child)}`,
  };
}

function detach(cmd: Node, subtype: string, reader: Reader): Part {
  const child = partition(cmd, reader);
  const gentle = subtype === 'AT_DetachPartitionFinalize' || wrapped(cmd.def, 'PartitionCmd')?.concurrent === true;
  return { mode: gentle ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE', locks: child ? [{ mode: 'ACCESS EXCLUSIVE', table: child }] : [], tables: child ? [child] : [] };
}

function detachOutside(node: Node, parent: TableName, reader: Reader): Effect {
  const [cmd, ...more] = nodesAt(node, 'cmds', 'AlterTableCmd');
  if (cmd?.subtype !== 'AT_DetachPartition' || wrapped(cmd.def, 'PartitionCmd')?.concurrent !== true || more.length > 0) return {};
  const child = partition(cmd, reader);
  return { outside: { word: 'DETACH PARTITION … CONCURRENTLY', act: child ? { act: 'detach_partition', parent, child } : null } };
}

function inherit(cmd: Node, subtype: string, reader: Reader): Part {
  const parent = relationOf(wrapped(cmd.def, 'RangeVar') ?? {}, reader.resolve);
  if (!parent) return {};
  const adds = subtype === 'AT_AddInherit';
  return { locks: [{ mode: adds ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS SHARE', table: parent }], tables: [parent], inverse: `${adds ? 'NO INHERIT' : 'INHERIT'} ${qualified(parent)}` };
}

function alterCompositeType(node: Node, reader: Reader): Effect {
  const cmds = nodesAt(node, 'cmds', 'AlterTableCmd');
  const drops = cmds.filter((cmd) => cmd.subtype === 'AT_DropColumn');
  const hazards = drops.map((cmd): Hazard => ({ code: 'LOSES_DATA', sentence: `The field ${textAt(cmd, 'name') ?? ''} is dropped with what it holds, in every column of the type.` }));
  const [only, ...more] = cmds;
  const type = nodeAt(node, 'relation');
  const column = textAt(wrapped(only?.def, 'ColumnDef') ?? {}, 'colname');
  const name = [textAt(type, 'schemaname'), textAt(type, 'relname')].flatMap((part) => (part === null ? [] : [ident(part)])).join('.');
  const said = relationAt(node, 'relation', reader.resolve);
  const holding = said && drops.length > 0 ? tablesOfColumns(reader.existing?.resting?.get(objectId('composite_type', said.schema, said.name)) ?? []) : [];
  return { hazards, tables: holding, loses: holding, inverse: only?.subtype === 'AT_AddColumn' && more.length === 0 && column !== null ? `ALTER TYPE ${name} DROP ATTRIBUTE ${ident(column)}` : null };
}

function tablesOfColumns(ids: readonly string[]): TableName[] {
  return ids.filter((id) => id.startsWith('column:')).map((id) => parseObjectId(id).path).map(([schema = '', name = '']) => ({ schema, name }));
}

/** The lock stands on the index; a table is only touched where the parameter changes how everybody uses it. */
function alterIndex(node: Node, reader: Reader): Effect {
  const index = relationAt(node, 'relation', reader.resolve);
  const parent = index === null ? null : (reader.existing?.indexes.get(`${index.schema}.${index.name}`)?.parent ?? null);
  const [schema = '', name = ''] = parent === null ? [] : parseObjectId(parent).path;
  return parent === null ? {} : { tables: [{ schema, name }] };
}
