import { ident, literal, qualified } from '../ddl.ts';
import { keysDigestSql } from '../casts.ts';
import { tableKey } from '../expectation.ts';
import type { LockClaim, OrphanDecision, Statement, TableName } from '../plan.ts';
import type { BatchesWork, Walk } from '../step-kinds/batches.ts';
import { listed } from '../words.ts';
import { keyAfter, keyAtMost, keyText } from './batch-key.ts';
import type { Draft } from './draft.ts';
import { parentsFirst, type ForeignKey } from './foreign-keys.ts';
import { columnsOf, execute, primaryKeyOf, refuse, tableName, text, type Workbench } from './input.ts';
import { asideLabel } from './labels.ts';
import { spoken } from './names.ts';
import { notesOf } from './orphan-notes.ts';

/** One table whose rows are without a parent, by one foreign key or several, and what becomes of them. */
interface Mended {
  id: string;
  table: TableName;
  key: readonly string[];
  /** SQL types of the key's columns. */
  types: readonly string[];
  columns: readonly string[];
  foreignKeys: readonly ForeignKey[];
  /** Where the rows stand that are taken out, as they were. */
  quarantine: TableName;
  /** Where the rows stand whose reference changes, as they were. */
  unlinked: TableName;
}

type Decisions = Readonly<Record<string, OrphanDecision>>;

export interface MendedOrphans {
  drafts: readonly Draft[];
  /** What is left in the keep schema for clean-up to drop. */
  keeps: readonly TableName[];
}

/**
 * The steps between adding foreign keys NOT VALID and validating them: the rows without a parent are noted, all tables in one transaction,
 * and compared with what was signed; then they are taken out, unlinked or pointed elsewhere in batches, children before parents, because
 * a key that stands already refuses the other order. The noting carries the way back of both, so that whatever part of the batches was
 * committed is taken back too. Refuses circles, and tables without a primary key.
 */
export function mendOrphans(bench: Workbench, keys: readonly ForeignKey[], added: readonly ForeignKey[]): MendedOrphans {
  const decisions = bench.input.orphanDecisions ?? {};
  const decided = keys.filter((key) => ['delete', 'set_null', 're_point'].includes(decisions[key.spec.id]?.verdict ?? ''));
  if (decided.length === 0) return { drafts: [], keeps: [] };
  const ids = [...new Set(decided.map((key) => key.object.parent ?? ''))];
  const sorted = parentsFirst(ids, (id) => decided.filter((key) => key.object.parent === id).map((key) => key.parentId));
  const circle = decided.find((key) => key.parentId === key.object.parent && decisions[key.spec.id]?.verdict === 'delete');
  if (!sorted || circle) {
    refuse(bench, `The foreign keys ${listed((circle ? [circle] : decided).map((key) => key.object.name))} form a circle; this version cannot remove rows along it. Mend the rows first.`);
    return { drafts: [], keeps: [] };
  }
  const tables = sorted.flatMap((id) => mendedTable(bench, id, decided.filter((key) => key.object.parent === id)));
  if (tables.length < sorted.length) return { drafts: [], keeps: [] };
  const inside = new Map(tables.map((one) => [one.id, one]));
  return {
    drafts: [noteDraft(tables, inside, decisions, added), changeDraft(tables, inside, decisions)],
    keeps: tables.flatMap((one) => [...(removes(one, decisions) ? [one.quarantine] : []), ...(relinks(one, decisions) ? [one.unlinked] : [])]),
  };
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
    ...notesOf(bench.keepSchema, table),
  }];
}

function verdictOf(decisions: Decisions, key: ForeignKey): OrphanDecision['verdict'] | undefined {
  return decisions[key.spec.id]?.verdict;
}

function removes(one: Mended, decisions: Decisions): boolean {
  return one.foreignKeys.some((key) => verdictOf(decisions, key) === 'delete');
}

function relinks(one: Mended, decisions: Decisions): boolean {
  return one.foreignKeys.some((key) => ['set_null', 're_point'].includes(verdictOf(decisions, key) ?? ''));
}

/** The row `alias` of the table has no parent for this key, or one that is itself taken out. Rows with a null part never are (MATCH SIMPLE). */
function orphaned(key: ForeignKey, inside: ReadonlyMap<string, Mended>, decisions: Decisions, alias: string): string {
  const { spec } = key;
  const parent = inside.get(key.parentId);
  const going = parent && removes(parent, decisions) ? ` AND NOT EXISTS (SELECT 1 FROM ${qualified(parent.quarantine)} g WHERE ${same(parent.key, 'g', 'p')})` : '';
  const pairs = spec.columns.map((column, i) => `p.${ident(spec.parentColumns[i] ?? '')} = ${alias}.${ident(column)}`);
  return `(${spec.columns.map((column) => `${alias}.${ident(column)} IS NOT NULL`).join(' AND ')} AND NOT EXISTS (SELECT 1 FROM ${qualified(spec.parent)} p WHERE ${pairs.join(' AND ')}${going}))`;
}

export function same(key: readonly string[], a: string, b: string): string {
  return key.map((column) => `${a}.${ident(column)} = ${b}.${ident(column)}`).join(' AND ');
}

/** Parents first: what goes from a parent decides what goes from its children. */
function noteDraft(tables: readonly Mended[], inside: ReadonlyMap<string, Mended>, decisions: Decisions, added: readonly ForeignKey[]): Draft {
  return {
    title: `Note the rows without a parent in ${listed(tables.map((one) => spoken(one.table)))}`,
    statements: tables.flatMap((one) => [...(removes(one, decisions) ? noteRemoved(one, inside, decisions) : []), ...(relinks(one, decisions) ? noteRelinked(one, inside, decisions) : [])]),
    // The new keys would refuse the rows that come back; whatever part of the batches was committed is taken back here.
    undo: added.map((key) => execute(`drop ${key.object.name}`, `ALTER TABLE ${qualified(key.spec.child)} DROP CONSTRAINT IF EXISTS ${ident(key.object.name)}`)),
    undoWork: restoreWork(tables, decisions),
    locks: tables.map((one): LockClaim => ({ mode: 'ACCESS SHARE', table: one.table })),
    undoLocks: [...added.map((key): LockClaim => ({ mode: 'ACCESS EXCLUSIVE', table: key.spec.child })), ...tables.map((one): LockClaim => ({ mode: 'ROW EXCLUSIVE', table: one.table }))],
    rewrite: false,
    hazards: [],
    editable: false,
  };
}

function noteRemoved(one: Mended, inside: ReadonlyMap<string, Mended>, decisions: Decisions): Statement[] {
  const keys = one.foreignKeys.filter((key) => verdictOf(decisions, key) === 'delete');
  const conditions = keys.map((key) => orphaned(key, inside, decisions, 'c'));
  const reason = keys.map((key, i) => `WHEN ${conditions[i] ?? 'false'} THEN ${literal(key.object.name)}`).join('\n    ');
  const of = tableKey(one.table);
  return [
    execute(`note the rows of ${one.table.name} that go`, `CREATE TABLE ${qualified(one.quarantine)} AS\n  SELECT c.*, CASE ${reason} END AS countersign_reason, false AS countersign_done\n  FROM ${qualified(one.table)} c\n  WHERE ${conditions.join('\n     OR ')}`),
    execute(`key of the note of ${one.table.name}`, `ALTER TABLE ${qualified(one.quarantine)} ADD PRIMARY KEY (${one.key.map(ident).join(', ')})`),
    { do: 'assert', label: asideLabel(one.table), sql: `SELECT count(*)::text FROM ${qualified(one.quarantine)}`, expect: { from: 'evidence', check: 'orphans', field: 'rows', of } },
    { do: 'assert', label: `keys of the rows of ${spoken(one.table)} set aside`, sql: keysDigestSql(one.quarantine, one.key), expect: { from: 'evidence', check: 'orphans', field: 'keysDigest', of } },
  ];
}

/** A row that goes loses no reference before. */
function noteRelinked(one: Mended, inside: ReadonlyMap<string, Mended>, decisions: Decisions): Statement[] {
  const keys = one.foreignKeys.filter((key) => ['set_null', 're_point'].includes(verdictOf(decisions, key) ?? ''));
  const conditions = keys.map((key) => orphaned(key, inside, decisions, 'c'));
  const flags = keys.map((key, i) => `${conditions[i] ?? 'false'} AS ${ident(flag(keys, key))}`).join(',\n    ');
  const going = removes(one, decisions) ? ` AND NOT EXISTS (SELECT 1 FROM ${qualified(one.quarantine)} g WHERE ${same(one.key, 'g', 'c')})` : '';
  return [
    execute(`note the rows of ${one.table.name} whose reference changes`, `CREATE TABLE ${qualified(one.unlinked)} AS\n  SELECT c.*, ${flags}, false AS countersign_done\n  FROM ${qualified(one.table)} c\n  WHERE (${conditions.join('\n     OR ')})${going}`),
    execute(`key of the note of ${one.table.name}`, `ALTER TABLE ${qualified(one.unlinked)} ADD PRIMARY KEY (${one.key.map(ident).join(', ')})`),
    ...keys.flatMap((key): Statement[] => {
      const to = decisions[key.spec.id];
      if (to?.verdict !== 're_point') return [];
      return [{ do: 'assert', label: `${spoken(key.spec.parent)} has the row to point to`, sql: `SELECT count(*)::text FROM ${qualified(key.spec.parent)} p WHERE p.${ident(key.spec.parentColumns[0] ?? '')}::text = ${literal(to.to ?? '')}`, expect: { from: 'literal', value: '1' } }];
    }),
  ];
}

function flag(keys: readonly ForeignKey[], key: ForeignKey): string {
  return `countersign_by_${keys.indexOf(key) + 1}`;
}

function changeDraft(tables: readonly Mended[], inside: ReadonlyMap<string, Mended>, decisions: Decisions): Draft {
  const walks = tables.toReversed().flatMap((one) => [...(relinks(one, decisions) ? [relinkWalk(one, inside, decisions)] : []), ...(removes(one, decisions) ? [removeWalk(one, inside, decisions)] : [])]);
  return {
    title: `Mend the rows without a parent in ${listed(tables.map((one) => spoken(one.table)))}, in batches`,
    statements: [],
    work: { kind: 'batches', walks, after: [] },
    undo: [],
    locks: tables.map((one) => ({ mode: 'ROW EXCLUSIVE', table: one.table })),
    rewrite: false,
    hazards: tables.some((one) => removes(one, decisions)) ? [{ code: 'REMOVES_ROWS', sentence: 'Rows without a parent leave the live tables; they stand in the quarantine tables and come back on rollback.' }] : [],
    editable: false,
  };
}

/** What is read is the note, in the order of its key; the live row is looked at again, because the application may have mended it. */
export function walkOver(one: { key: readonly string[]; types: readonly string[] }, note: TableName, label: string, change: string): Walk {
  const from = qualified(note);
  return {
    label,
    sql: [
      'WITH w AS MATERIALIZED (',
      `  SELECT q.* FROM ${from} q`,
      `  WHERE ${keyAfter('q', one.key, one.types, '$1')} AND ${keyAtMost('q', one.key, one.types, '$3')}`,
      `  ORDER BY ${one.key.map((column) => `q.${ident(column)}`).join(', ')} LIMIT $2::int`,
      '),',
      change,
      `SELECT (SELECT count(*)::int FROM w) AS rows, (SELECT count(*)::int FROM changed) AS changed, (SELECT ${keyText('w', one.key)} FROM w ORDER BY ${one.key.map((column) => `w.${ident(column)} DESC`).join(', ')} LIMIT 1) AS last`,
    ].join('\n'),
    totalSql: `SELECT count(*) FROM ${from}`,
    untilSql: `SELECT ${keyText('q', one.key)} FROM ${from} q ORDER BY ${one.key.map((column) => `q.${ident(column)} DESC`).join(', ')} LIMIT 1`,
  };
}

function removeWalk(one: Mended, inside: ReadonlyMap<string, Mended>, decisions: Decisions): Walk {
  const still = one.foreignKeys.filter((key) => verdictOf(decisions, key) === 'delete').map((key) => orphaned(key, inside, decisions, 't')).join(' OR ');
  const columns = one.columns.filter((column) => !one.key.includes(column));
  const image = columns.map((column) => `${ident(column)} = d.${ident(column)}`);
  return walkOver(one, one.quarantine, `take rows out of ${spoken(one.table)}`, [
    `d AS (DELETE FROM ${qualified(one.table)} t USING w WHERE ${same(one.key, 't', 'w')} AND (${still}) RETURNING t.*),`,
    `changed AS (UPDATE ${qualified(one.quarantine)} q SET ${[...image, 'countersign_done = true'].join(', ')} FROM d WHERE ${same(one.key, 'q', 'd')} RETURNING 1)`,
  ].join('\n'));
}

function relinkWalk(one: Mended, inside: ReadonlyMap<string, Mended>, decisions: Decisions): Walk {
  const keys = one.foreignKeys.filter((key) => ['set_null', 're_point'].includes(verdictOf(decisions, key) ?? ''));
  const touched = [...new Set(keys.flatMap((key) => key.spec.columns))];
  const set = touched.map((column) => {
    const by = keys.filter((key) => key.spec.columns.includes(column));
    const cases = by.map((key) => `WHEN w.${ident(flag(keys, key))} THEN ${target(key, column, decisions)}`).join(' ');
    return `${ident(column)} = CASE ${cases} ELSE t.${ident(column)} END`;
  });
  const still = keys.map((key) => `(w.${ident(flag(keys, key))} AND ${orphaned(key, inside, decisions, 't')})`).join(' OR ');
  const unchanged = touched.map((column) => `t.${ident(column)} IS NOT DISTINCT FROM w.${ident(column)}`).join(' AND ');
  return walkOver(one, one.unlinked, `change references of ${spoken(one.table)}`, [
    `d AS (UPDATE ${qualified(one.table)} t SET ${set.join(', ')} FROM w WHERE ${same(one.key, 't', 'w')} AND ${unchanged} AND (${still}) RETURNING ${one.key.map((column) => `t.${ident(column)}`).join(', ')}),`,
    `changed AS (UPDATE ${qualified(one.unlinked)} q SET countersign_done = true FROM d WHERE ${same(one.key, 'q', 'd')} RETURNING 1)`,
  ].join('\n'));
}

/** A string literal takes the column's own type. */
function target(key: ForeignKey, column: string, decisions: Decisions): string {
  const decision = decisions[key.spec.id];
  const type = key.spec.types[key.spec.columns.indexOf(column)] ?? 'text';
  return decision?.verdict === 're_point' ? `${literal(decision.to ?? '')}::${type}` : `NULL::${type}`;
}

/** Parents first, so that keys which stood before find their rows. Rows that the application has changed since keep what it wrote. */
function restoreWork(tables: readonly Mended[], decisions: Decisions): BatchesWork {
  const notes = tables.flatMap((one) => [...(removes(one, decisions) ? [one.quarantine] : []), ...(relinks(one, decisions) ? [one.unlinked] : [])]);
  return {
    kind: 'batches',
    walks: tables.flatMap((one) => [...(removes(one, decisions) ? [putBackWalk(one)] : []), ...(relinks(one, decisions) ? [relinkBackWalk(one, decisions)] : [])]),
    after: notes.map((note) => execute(`drop the note ${note.name}`, `DROP TABLE ${qualified(note)} RESTRICT`)),
  };
}

function putBackWalk(one: Mended): Walk {
  const columns = one.columns.map(ident).join(', ');
  return walkOver(one, one.quarantine, `put rows back into ${spoken(one.table)}`,
    `changed AS (INSERT INTO ${qualified(one.table)} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${one.columns.map((column) => `w.${ident(column)}`).join(', ')} FROM w WHERE w.countersign_done RETURNING 1)`);
}

function relinkBackWalk(one: Mended, decisions: Decisions): Walk {
  const keys = one.foreignKeys.filter((key) => ['set_null', 're_point'].includes(verdictOf(decisions, key) ?? ''));
  const touched = [...new Set(keys.flatMap((key) => key.spec.columns))];
  const now = keys.map((key) => `(NOT w.${ident(flag(keys, key))} OR (${key.spec.columns.map((column) => `t.${ident(column)} IS NOT DISTINCT FROM ${target(key, column, decisions)}`).join(' AND ')}))`).join(' AND ');
  return walkOver(one, one.unlinked, `give rows of ${spoken(one.table)} their reference back`,
    `changed AS (UPDATE ${qualified(one.table)} t SET ${touched.map((column) => `${ident(column)} = w.${ident(column)}`).join(', ')} FROM w WHERE ${same(one.key, 't', 'w')} AND w.countersign_done AND ${now} RETURNING 1)`);
}
