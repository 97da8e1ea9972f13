import type { ForeignKeySpec } from '../evidence.ts';
import { tableKey } from '../expectation.ts';
import type { TableName } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import { columnsOf, constraintsOf, list, tableName, text, type Workbench } from './input.ts';

export interface ForeignKey {
  object: SchemaObject;
  spec: ForeignKeySpec;
  parentId: string;
  /** Types that its columns have while rows are mended, where these are converted later; without it they have the types of the spec by then. */
  now?: readonly { child: string; parent: string }[];
}

/** The foreign keys that a table will have, with the types under which parent and child are compared. */
export function foreignKeysOf(bench: Workbench, tableId: string, table: TableName, family: readonly SchemaObject[]): ForeignKey[] {
  return constraintsOf(family, 'foreign key').flatMap((object) => {
    const parentId = text(object, 'references');
    const parent = parentId ? (bench.current.get(parentId) ?? bench.desired.get(parentId)) : undefined;
    if (!parent || !parentId) return [];
    const columns = list(object, 'columns');
    const byName = new Map(columnsOf(family).map((column) => [column.name, column]));
    return [{
      object,
      parentId,
      spec: {
        id: sharedNames(bench).has(object.name) ? `${tableKey(table)}.${object.name}` : object.name,
        child: table,
        columns,
        parent: tableName(parent),
        parentColumns: list(object, 'referencedColumns'),
        types: columns.map((column) => text(byName.get(column) ?? object, 'type') ?? 'text'),
        onDelete: text(object, 'onDelete') ?? 'NO ACTION',
        nullable: columns.every((column) => byName.get(column)?.attributes.nullable === true),
      },
    }];
  });
}

const SHARED = new WeakMap<Workbench['current'], ReadonlySet<string>>();

/** Names that foreign keys of several tables have, now or then: what is measured and decided of them is told apart by the table. A partition has its keys from its parent, under one name. */
function sharedNames(bench: Pick<Workbench, 'current' | 'desired'>): ReadonlySet<string> {
  const known = SHARED.get(bench.current);
  if (known) return known;
  const tables = new Map<string, string>();
  const shared = new Set<string>();
  for (const object of [...bench.current.values(), ...bench.desired.values()]) {
    if (object.kind !== 'constraint' || text(object, 'type') !== 'foreign key' || object.attributes.inherited === true) continue;
    const table = tables.get(object.name) ?? object.parent ?? '';
    tables.set(object.name, table);
    if (table !== object.parent) shared.add(object.name);
  }
  SHARED.set(bench.current, shared);
  return shared;
}

/** Parents before children; null where foreign keys form a cycle between different tables. */
export function parentsFirst(ids: readonly string[], parentsOf: (id: string) => readonly string[]): string[] | null {
  const sorted: string[] = [];
  const left = new Set(ids);
  while (left.size > 0) {
    const free = [...left].filter((id) => parentsOf(id).every((parent) => parent === id || !left.has(parent)));
    if (free.length === 0) return null;
    for (const id of free) {
      sorted.push(id);
      left.delete(id);
    }
  }
  return sorted;
}

/** Groups of ids that are joined by an edge, each in the given order. */
export function components(ids: readonly string[], edges: readonly (readonly [string, string])[]): string[][] {
  const groupOf = new Map(ids.map((id) => [id, id]));
  const root = (id: string): string => {
    const up = groupOf.get(id) ?? id;
    return up === id ? id : root(up);
  };
  for (const [a, b] of edges) if (groupOf.has(a) && groupOf.has(b)) groupOf.set(root(a), root(b));
  const groups = new Map<string, string[]>();
  for (const id of ids) groups.set(root(id), [...(groups.get(root(id)) ?? []), id]);
  return [...groups.values()];
}
