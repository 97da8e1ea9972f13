import type { TableName } from '../plan.ts';
import { objectId, parseObjectId, type SchemaObject } from '../snapshot.ts';
import type { Existing } from '../sql-facts/existing.ts';

/** What becomes of rows of a table: they go, or columns of them get other values. */
export interface ReachedState {
  /** Place in `tables`. */
  table: number;
  act: 'goes' | 'changes';
  columns: readonly string[];
}

/** A foreign key by which it goes on. */
export interface ReachLink {
  from: number;
  to: number;
  key: { name: string; child: KeyTable; columns: readonly string[]; parent: KeyTable; parentColumns: readonly string[] };
}

interface KeyTable {
  table: TableName;
  partitioned: boolean;
}

/** How far statements reach: the tables, what becomes of their rows, and by which keys one follows from the other. */
export interface Reach {
  tables: TableName[];
  states: ReachedState[];
  links: ReachLink[];
}

const CHANGING: ReadonlySet<unknown> = new Set(['SET NULL', 'SET DEFAULT']);

/**
 * Follows foreign keys that cascade, set null or set a default, to a fixpoint. Keys without such an action stop a statement and take nothing along.
 * @returns for each beginning its state, and all that is reached.
 */
export function reachOf(begins: readonly { table: TableName; act: ReachedState['act']; columns: readonly string[] }[], existing: Existing): { reach: Reach; begins: number[] } {
  const reach: Reach = { tables: [], states: [], links: [] };
  const known = new Map<string, number>();
  const open: number[] = [];
  const stateOf = (table: TableName, act: ReachedState['act'], columns: readonly string[]): number => {
    // Of rows that go it does not matter which columns they had.
    const sorted = act === 'goes' ? [] : [...new Set(columns)].sort();
    const key = JSON.stringify([table.schema, table.name, act, sorted]);
    const found = known.get(key);
    if (found !== undefined) return found;
    const at = reach.states.push({ table: placeOf(reach.tables, table), act, columns: sorted }) - 1;
    known.set(key, at);
    open.push(at);
    return at;
  };
  const first = begins.map(({ table, act, columns }) => stateOf(table, act, columns));
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    const state = reach.states[at];
    const parent = state ? reach.tables[state.table] : undefined;
    if (!state || !parent) continue;
    for (const key of keysOnto(parent, existing)) {
      const said = follows(state, key);
      const child = key.parent === null ? null : nameOf(key.parent);
      if (!said || !child) continue;
      reach.links.push({ from: at, to: stateOf(child, said.act, said.columns), key: { name: key.name, child: keyTable(child, existing), columns: textsOf(key.attributes.columns), parent: keyTable(nameOf(String(key.attributes.references)), existing), parentColumns: textsOf(key.attributes.referencedColumns) } });
    }
  }
  return { reach, begins: first };
}

/** Keys that refer to the table, to what it is a partition of, or to its partitions and heirs: its rows may be those of each. */
function keysOnto({ schema, name }: TableName, existing: Existing): SchemaObject[] {
  const own = objectId('table', schema, name);
  const above: string[] = [];
  for (let id = existing.objects.get(own)?.attributes.partitionOf; typeof id === 'string'; id = existing.objects.get(id)?.attributes.partitionOf) above.push(id);
  const below = [own];
  for (const id of below) below.push(...heirsOf(id, existing));
  return [...new Set([...above, ...below])].flatMap((id) => existing.inbound.get(id) ?? []);
}

const HEIRS = new WeakMap<Existing, ReadonlyMap<string, readonly string[]>>();

function heirsOf(id: string, existing: Existing): readonly string[] {
  const known = HEIRS.get(existing) ?? heirsIn(existing);
  HEIRS.set(existing, known);
  return known.get(id) ?? [];
}

function heirsIn(existing: Existing): Map<string, string[]> {
  const heirs = new Map<string, string[]>();
  for (const { id, kind, attributes } of existing.objects.values()) {
    if (kind !== 'table') continue;
    for (const from of [...(typeof attributes.partitionOf === 'string' ? [attributes.partitionOf] : []), ...textsOf(attributes.inherits)]) heirs.set(from, [...(heirs.get(from) ?? []), id]);
  }
  return heirs;
}

/** What a key does to the rows that refer. */
function follows({ act, columns }: ReachedState, { attributes }: SchemaObject): Pick<ReachedState, 'act' | 'columns'> | null {
  const own = textsOf(attributes.columns);
  if (act === 'goes') {
    if (attributes.onDelete === 'CASCADE') return { act: 'goes', columns: [] };
    const some = textsOf(attributes.onDeleteColumns);
    return CHANGING.has(attributes.onDelete) ? { act: 'changes', columns: some.length > 0 ? some : own } : null;
  }
  const written = textsOf(attributes.referencedColumns).some((column) => columns.includes(column));
  return written && (attributes.onUpdate === 'CASCADE' || CHANGING.has(attributes.onUpdate)) ? { act: 'changes', columns: own } : null;
}

function placeOf(tables: TableName[], table: TableName): number {
  const at = tables.findIndex((one) => one.schema === table.schema && one.name === table.name);
  return at >= 0 ? at : tables.push(table) - 1;
}

function keyTable(table: TableName, existing: Existing): KeyTable {
  return { table, partitioned: existing.objects.get(objectId('table', table.schema, table.name))?.attributes.partitioned === true };
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function nameOf(id: string): TableName {
  const [schema = '', name = ''] = parseObjectId(id).path;
  return { schema, name };
}
