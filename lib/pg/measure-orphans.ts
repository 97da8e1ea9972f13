import { byBytes, keysDigest } from '#lib/pipeline/casts.ts';
import type { Check, ForeignKeySpec, Measurement, OrphanSet, Quantity } from '#lib/pipeline/evidence.ts';
import { rowsGo, tableKey } from '#lib/pipeline/expectation.ts';
import { emptyOrphanSet, orphanTotals } from '#lib/pipeline/orphans-decided.ts';
import { exact, MAX_KEYS, unknown, WHY } from '#lib/pipeline/unknowns.ts';
import { amongParents, missingParent, orphanCount, orphanRows, shownRows, type KeyToMeasure, type OrphanRow } from './measure-orphans-sql.ts';
import { attempt, castsWhole, type Answer, type Measuring, type TableShape } from './measure-session.ts';

type OrphanCheck = Extract<Check, { kind: 'orphans' }>;
type OrphanFacts = Omit<Extract<Measurement, { kind: 'orphans' }>, 'check' | 'ms'>;

const FIRST = 20;
const MISSING = 100;
/** Each level is one query per foreign key: a chain as long as the table would never end. */
const LEVELS = 100;

/** Rows that a level takes away, by table: rowid → the row. */
type Removed = Map<string, Map<string, { row: OrphanRow; key: KeyToMeasure }>>;

/**
 * All rows without a parent, as sets by foreign key and depth. Depth 0: the parent is missing today. Depth n: it is removed at depth
 * n - 1. It goes on until nothing more is removed; a row is removed once, so self-references and cycles between tables end.
 * Sets are measured as if the rows were deleted, unless the phase's decision on the foreign key is set_null or re_point: then they stay, and
 * nothing follows from them. A set of more than 10,000 rows, or of rows without a key, is unknown, and so is what follows from it.
 * Every foreign key has a set of depth 0, empty or not. Lock: ACCESS SHARE on all tables.
 */
export async function measureOrphans(measuring: Measuring, check: OrphanCheck): Promise<OrphanFacts> {
  const { keys, unmeasurable } = await keysToMeasure(measuring, check);
  const sets: OrphanSet[] = [...unmeasurable];
  const seen: Removed = new Map();
  const unsureTables = new Set(unmeasurable.filter((set) => rowsGo(measuring.phase, set.foreignKey)).map((set) => tableKey(set.child)));
  let last: Removed = new Map();
  for (let depth = 0; depth === 0 || last.size > 0; depth += 1) {
    const level: Removed = new Map();
    for (const key of keys) {
      const set = depth === 0 ? await setOf(measuring, key, 0, missingParent(key, measuring.serverVersion), []) : await cascadeOf(measuring, key, depth, last);
      if (!set) continue;
      sets.push(set.set);
      if (!rowsGo(measuring.phase, key.spec.id)) continue;
      if (set.set.rows.provenance === 'exact') addRemoved(seen, level, key, set.rows);
      else unsureTables.add(tableKey(key.spec.child));
    }
    last = level;
    if (depth === LEVELS && last.size > 0) {
      for (const table of last.keys()) unsureTables.add(table);
      sets.push(...keys.filter((key) => last.has(tableKey(key.spec.parent))).map((key) => emptyOrphanSet(key.spec, depth + 1, unknown(WHY.tooDeep))));
      break;
    }
  }
  sets.push(...followUps(measuring, keys, unsureTables, sets));
  return { kind: 'orphans', sets: sets.toSorted((a, b) => order(check, a) - order(check, b)), ...orphanTotals(sets) };
}

function order(check: OrphanCheck, set: OrphanSet): number {
  return set.depth * 10_000 + check.foreignKeys.findIndex((key) => key.id === set.foreignKey);
}

/** The foreign keys whose tables and columns are there, joined to those that follow from them; the others as unknown sets. */
export async function keysToMeasure(measuring: Measuring, check: OrphanCheck): Promise<{ keys: KeyToMeasure[]; unmeasurable: OrphanSet[] }> {
  const keys: (KeyToMeasure & { next: KeyToMeasure[] })[] = [];
  const unmeasurable: OrphanSet[] = [];
  for (const spec of check.foreignKeys) {
    const child = measuring.shapes.get(tableKey(spec.child));
    const parent = measuring.shapes.get(tableKey(spec.parent));
    const childKey = check.keys[tableKey(spec.child)] ?? [];
    if (!child || !parent) unmeasurable.push(emptyOrphanSet(spec, 0, unknown(WHY.absent)));
    else if (![...spec.columns, ...childKey].every((column) => child.types.has(column)) || !spec.parentColumns.every((column) => parent.types.has(column))) unmeasurable.push(emptyOrphanSet(spec, 0, unknown(WHY.noColumn)));
    else keys.push({ spec, child, parent, childKey, proven: await provenColumns(measuring, spec, child, parent), next: [] });
  }
  for (const key of keys) key.next.push(...keys.filter((other) => tableKey(other.spec.parent) === tableKey(key.spec.child)));
  return { keys, unmeasurable };
}

async function provenColumns(measuring: Measuring, spec: ForeignKeySpec, child: TableShape, parent: TableShape): Promise<KeyToMeasure['proven']> {
  const proven: { child: boolean; parent: boolean }[] = [];
  for (const [i, column] of spec.columns.entries()) {
    const to = spec.types[i] ?? '';
    const parentColumn = spec.parentColumns[i] ?? '';
    proven.push({
      child: await castsWhole(measuring, spec.child, column, child.types.get(column) ?? '', to),
      parent: await castsWhole(measuring, spec.parent, parentColumn, parent.types.get(parentColumn) ?? '', to),
    });
  }
  return proven;
}

interface MeasuredSet {
  set: OrphanSet;
  rows: readonly OrphanRow[];
}

/** Rows whose parent the last level removed; null when there are none. */
async function cascadeOf(measuring: Measuring, key: KeyToMeasure, depth: number, last: Removed): Promise<MeasuredSet | null> {
  const removed = [...(last.get(tableKey(key.spec.parent))?.values() ?? [])];
  const values = removed.flatMap((one) => one.row.referenced[one.key.next.indexOf(key)] ?? []);
  const width = key.spec.columns.length;
  if (values.length === 0) return null;
  const arrays = key.spec.columns.map((_, i) => values.filter((_value, place) => place % width === i));
  const set = await setOf(measuring, key, depth, amongParents(key, measuring.serverVersion), arrays);
  return set.set.rows.provenance === 'exact' && set.set.rows.value === 0 ? null : set;
}

async function setOf({ client, serverVersion }: Measuring, key: KeyToMeasure, depth: number, condition: string, parameters: readonly unknown[]): Promise<MeasuredSet> {
  const found = await attempt(client, () => client.query<Record<string, unknown>>(orphanRows(key, condition, serverVersion), [...parameters]));
  if (!found.ok) return { set: emptyOrphanSet(key.spec, depth, unknown(found.why)), rows: [] };
  const rows = found.value.rows.map((row) => toOrphanRow(row, key));
  if (rows.length > MAX_KEYS) return { set: emptyOrphanSet(key.spec, depth, await tooMany({ client }, key, condition, parameters)), rows: [] };
  if (rows.some((row) => row.key === null)) return { set: emptyOrphanSet(key.spec, depth, unknown(WHY.noKey)), rows: [] };
  const sorted = rows.toSorted((a, b) => byBytes(a.key ?? '', b.key ?? ''));
  const keys = sorted.map((row) => row.key ?? '');
  const set = { ...emptyOrphanSet(key.spec, depth, exact(rows.length)), keys, keysDigest: keysDigest(keys), firstRows: await firstRows({ client }, key, sorted.slice(0, FIRST)), missing: missingValues(rows) };
  return { set, rows };
}

function toOrphanRow(row: Record<string, unknown>, key: KeyToMeasure): OrphanRow {
  return {
    rowid: String(row.rowid),
    key: typeof row.key === 'string' ? row.key : null,
    reference: texts(row.reference),
    referenced: key.next.map((_, n) => texts(row[`referenced${n}`])),
  };
}

function texts(value: unknown): (string | null)[] {
  return Array.isArray(value) ? value.map((one: unknown) => (typeof one === 'string' ? one : null)) : [];
}

async function tooMany({ client }: Pick<Measuring, 'client'>, key: KeyToMeasure, condition: string, parameters: readonly unknown[]): Promise<Quantity> {
  const count = await attempt(client, () => client.query<{ rows: string }>(orphanCount(key, condition), [...parameters]));
  return unknown(count.ok ? `${WHY.tooMany} (${count.value.rows[0]?.rows ?? '?'})` : WHY.tooMany);
}

/** For the eye only, so a timeout here loses the picture and not the set. */
async function firstRows({ client }: Pick<Measuring, 'client'>, key: KeyToMeasure, rows: readonly OrphanRow[]): Promise<Record<string, string | null>[]> {
  if (rows.length === 0) return [];
  const answer: Answer<{ rows: { rowid: string; values: (string | null)[] }[] }> = await attempt(client, () => client.query<{ rowid: string; values: (string | null)[] }>(shownRows(key.child), [rows.map((row) => row.rowid)]));
  if (!answer.ok) return [];
  const byRow = new Map(answer.value.rows.map((row) => [row.rowid, row.values]));
  const columns = [...key.child.types.keys()];
  return rows.flatMap((row) => {
    const values = byRow.get(row.rowid);
    return values ? [Object.fromEntries(columns.map((column, i) => [column, values[i] ?? null]))] : [];
  });
}

function missingValues(rows: readonly OrphanRow[]): { value: string; rows: number }[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const value = row.reference.length === 1 ? (row.reference[0] ?? '') : JSON.stringify(row.reference);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].map(([value, count]) => ({ value, rows: count })).sort((a, b) => b.rows - a.rows || byBytes(a.value, b.value)).slice(0, MISSING);
}

function addRemoved(seen: Removed, level: Removed, key: KeyToMeasure, rows: readonly OrphanRow[]): void {
  const table = tableKey(key.spec.child);
  const known = seen.get(table) ?? new Map();
  const now = level.get(table) ?? new Map();
  for (const row of rows) {
    if (known.has(row.rowid)) continue;
    known.set(row.rowid, { row, key });
    now.set(row.rowid, { row, key });
  }
  seen.set(table, known);
  if (now.size > 0) level.set(table, now);
}

/** What hangs on a table of which it is not known what will be removed: unknown too, through all levels. */
function followUps(measuring: Measuring, keys: readonly KeyToMeasure[], unsure: Set<string>, sets: readonly OrphanSet[]): OrphanSet[] {
  const added = new Map<string, OrphanSet>();
  let grew = unsure.size > 0;
  while (grew) {
    grew = false;
    for (const key of keys) {
      const { spec } = key;
      if (added.has(spec.id) || !unsure.has(tableKey(spec.parent))) continue;
      const depth = 1 + Math.max(0, ...sets.filter((set) => set.foreignKey === spec.id).map((set) => set.depth));
      added.set(spec.id, emptyOrphanSet(spec, depth, unknown(WHY.upstream)));
      if (rowsGo(measuring.phase, spec.id)) unsure.add(tableKey(spec.child));
      grew = true;
    }
  }
  return [...added.values()];
}
