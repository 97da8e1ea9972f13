import { ident, qualified } from '../ddl.ts';
import type { LockClaim, TableName } from '../plan.ts';
import type { BatchesWork } from '../step-kinds/batches.ts';
import { listed } from '../words.ts';
import type { Draft } from './draft.ts';
import type { ForeignKey } from './foreign-keys.ts';
import { columnsOf, execute, list, primaryKeyOf, refuse, tableName, text, type Workbench } from './input.ts';
import { spoken } from './names.ts';
import { type Group, groupsOf } from './orphan-circles.ts';
import { noteRelinked, overlookedLinks, relinkBackWalk, relinkWalk } from './orphan-links.ts';
import { notesOf } from './orphan-notes.ts';
import { noteRemoved, overlookedRemovals, putBackWalks, removeWalks, spareRows } from './orphan-removals.ts';
import { type Decisions, type Dragging, type Mended, relinks, removes } from './orphan-rows.ts';

export interface MendedOrphans {
  drafts: readonly Draft[];
  /** What is left in the keep schema for clean-up to drop. */
  keeps: readonly TableName[];
}

/**
 * The steps between adding foreign keys NOT VALID and validating them: the rows without a parent are noted, all tables in one transaction,
 * and compared with what was signed; then they are taken out, unlinked or pointed elsewhere in batches, children before parents, because
 * a key that stands already refuses the other order, and along a circle in an order that is noted row by row. The noting carries the way back of both, so that whatever part of the batches was
 * committed is taken back too. Refuses tables without a primary key.
 */
export function mendOrphans(bench: Workbench, keys: readonly ForeignKey[], added: readonly ForeignKey[]): MendedOrphans {
  const decisions = bench.input.orphanDecisions ?? {};
  const decided = keys.filter((key) => ['delete', 'set_null', 're_point'].includes(decisions[key.spec.id]?.verdict ?? ''));
  if (decided.length === 0) return { drafts: [], keeps: [] };
  const ids = [...new Set(decided.map((key) => key.object.parent ?? ''))];
  const tables = ids.flatMap((id) => mendedTable(bench, id, decided.filter((key) => key.object.parent === id)));
  if (tables.length < ids.length) return { drafts: [], keeps: [] };
  const groups = groupsOf(tables.filter((one) => removes(one, decisions)));
  const mending: Mending = { tables, groups, relinked: tables.filter((one) => relinks(one, decisions)), inside: new Map(tables.map((one) => [one.id, one])), decisions };
  return { drafts: [noteDraft(mending, added), changeDraft(mending)], keeps: notes(mending) };
}

/** Tables from which rows go, in groups, parents first; and those of which rows get another reference. */
interface Mending {
  tables: readonly Mended[];
  groups: readonly Group[];
  relinked: readonly Mended[];
  inside: ReadonlyMap<string, Mended>;
  decisions: Decisions;
}

function notes({ groups, relinked }: Mending): TableName[] {
  return [...groups.flat().map((one) => one.quarantine), ...relinked.map((one) => one.unlinked)];
}

function mendedTable(bench: Workbench, id: string, foreignKeys: readonly ForeignKey[]): Mended[] {
  const object = bench.current.get(id);
  const family = bench.currentFamily.get(id) ?? [];
  const key = primaryKeyOf(family);
  if (!object || key.length === 0) {
    refuse(bench, `${object ? spoken(tableName(object)) : id} has no primary key, by which its rows without a parent could be taken out in batches. Mend them first.`);
    return [];
  }
  const columns = columnsOf(family);
  const table = tableName(object);
  return [{
    id, table, key, foreignKeys,
    types: key.map((name) => text(columns.find((column) => column.name === name) ?? object, 'type') ?? 'text'),
    columns: columns.filter((column) => !text(column, 'generated')).map((column) => column.name),
    dragging: draggingOf(bench, id),
    ...notesOf(bench.keepSchema, table),
  }];
}

function draggingOf(bench: Workbench, id: string): Dragging[] {
  return [...bench.current.values()].flatMap((object): Dragging[] => {
    const drags = object.kind === 'constraint' && text(object, 'references') === id && object.attributes.inherited !== true && !['NO ACTION', 'RESTRICT'].includes(text(object, 'onDelete') ?? 'NO ACTION');
    const child = drags ? bench.current.get(object.parent ?? '') : undefined;
    return child ? [{ childId: child.id, child: tableName(child), columns: list(object, 'columns'), parentColumns: list(object, 'referencedColumns') }] : [];
  });
}

/** What goes is noted first: a row that goes loses no reference before. */
function noteDraft(mending: Mending, added: readonly ForeignKey[]): Draft {
  const { tables, groups, relinked, inside, decisions } = mending;
  return {
    title: `Note the rows without a parent in ${listed(tables.map((one) => spoken(one.table)))}`,
    statements: [...groups.flatMap((group) => noteRemoved(group, inside, decisions)), ...relinked.flatMap((one) => noteRelinked(one, inside, decisions))],
    // The new keys would refuse the rows that come back; whatever part of the batches was committed is taken back here.
    undo: added.map((key) => execute(`drop ${key.object.name}`, `ALTER TABLE ${qualified(key.spec.child)} DROP CONSTRAINT IF EXISTS ${ident(key.object.name)}`)),
    undoWork: restoreWork(mending),
    locks: tables.map((one): LockClaim => ({ mode: 'ACCESS SHARE', table: one.table })),
    undoLocks: [...added.map((key): LockClaim => ({ mode: 'ACCESS EXCLUSIVE', table: key.spec.child })), ...tables.map((one): LockClaim => ({ mode: 'ROW EXCLUSIVE', table: one.table }))],
    rewrite: false,
    hazards: [],
    editable: false,
  };
}

/** References first: rows that stay may refer to rows that go. */
function changeDraft({ tables, groups, relinked, inside, decisions }: Mending): Draft {
  const walks = [...relinked.map((one) => relinkWalk(one, inside, decisions)), ...groups.toReversed().flatMap((group) => removeWalks(group, inside, decisions))];
  return {
    title: `Mend the rows without a parent in ${listed(tables.map((one) => spoken(one.table)))}, in batches`,
    statements: spareRows(groups, relinked, inside, decisions),
    work: { kind: 'batches', walks, after: [...relinked.flatMap((one) => overlookedLinks(one, inside, decisions)), ...groups.flat().flatMap((one) => overlookedRemovals(one, inside, decisions))] },
    undo: [],
    locks: tables.map((one) => ({ mode: 'ROW EXCLUSIVE', table: one.table })),
    rewrite: false,
    hazards: groups.length > 0 ? [{ code: 'REMOVES_ROWS', sentence: 'Rows without a parent leave the live tables; they stand in the quarantine tables and come back on rollback.' }] : [],
    editable: false,
  };
}

/** Parents first, so that keys which stood before find their rows. Rows that the application has changed since keep what it wrote. */
function restoreWork(mending: Mending): BatchesWork {
  const { groups, relinked, decisions } = mending;
  return {
    kind: 'batches',
    walks: [...groups.flatMap(putBackWalks), ...relinked.map((one) => relinkBackWalk(one, decisions))],
    after: notes(mending).map((note) => execute(`drop the note ${note.name}`, `DROP TABLE ${qualified(note)} RESTRICT`)),
  };
}
