import type { Delta } from '../diff.ts';
import type { Check } from '../evidence.ts';
import { tableKey } from '../expectation.ts';
import type { Phase } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import { columnDrafts } from './alter-column.ts';
import { constraintDrafts } from './alter-constraint.ts';
import { indexDrafts } from './alter-index.ts';
import type { Draft } from './draft.ts';
import { foreignKeysOf } from './foreign-keys.ts';
import { columnsOf, familyAfter, list, primaryKeyOf, tableName, text, type Workbench } from './input.ts';
import { allRows, violationsCheck } from './violations.ts';

/** Additions and small changes to tables that exist and keep their column types. What has no safe form here is refused by name. */
export function alterPhase(bench: Workbench): Phase[] {
  const deltas = bench.chosen.filter((delta) => !bench.taken.has(delta.id) && bench.current.get(delta.group)?.kind === 'table' && delta.kind !== 'table');
  const drafts = inOrder(deltas).flatMap((delta) => {
    const found = draftsOf(bench, delta);
    if (found) bench.taken.add(delta.id);
    return found ?? [];
  });
  if (drafts.length === 0) return [];
  const tables = [...new Set(deltas.filter((delta) => bench.taken.has(delta.id)).map((delta) => delta.group))];
  return [{
    id: 'alter',
    kind: 'alter',
    title: `Change ${tables.length} existing ${tables.length === 1 ? 'table' : 'tables'}`,
    summary: 'Adds columns, keys and indexes to tables that exist, in the forms that let the application go on: indexes are built concurrently, rows are checked without a lock against writes.',
    steps: drafts.map((draft, i) => ({ ...draft, id: `alter.${i + 1}` })),
    checks: checksOf(bench, deltas),
    verifications: [],
    price: [],
    touches: tables,
    requires: bench.chosen.some((delta) => delta.kind === 'table' && delta.change === 'add') ? ['create'] : [],
    orphanDecisions: {},
    destructive: false,
    pointOfNoReturn: false,
    due: null,
  }];
}

/** Columns before what uses them; foreign keys last. */
function inOrder(deltas: readonly Delta[]): Delta[] {
  return deltas.toSorted((a, b) => rank(a) - rank(b));
}

function rank(delta: Delta): number {
  const object = delta.desired ?? delta.current;
  if (delta.kind === 'column') return 0;
  if (delta.kind !== 'constraint') return 2;
  return object && text(object, 'type') === 'foreign key' ? 3 : 1;
}

/** Null: nothing of it can be done here, and it is refused by name later. */
function draftsOf(bench: Workbench, delta: Delta): Draft[] | null {
  const owner = bench.current.get(delta.group);
  if (!owner) return null;
  const table = tableName(owner);
  const partitioned = owner.attributes.partitioned === true;
  if (delta.kind === 'column') return columnDrafts(bench, delta, table);
  if (delta.kind === 'index') return indexDrafts(delta, table, partitioned);
  if (delta.kind === 'constraint') return constraintDrafts(delta, { table, partitioned, serverVersion: bench.input.current.target.serverVersion });
  return null;
}

function checksOf(bench: Workbench, deltas: readonly Delta[]): Check[] {
  const added = deltas.filter((delta) => delta.change === 'add' && delta.desired);
  const ids = [...new Set(added.filter((delta) => delta.kind === 'constraint').map((delta) => delta.group))];
  const keys = ids.flatMap((id) => {
    const object = bench.current.get(id);
    const family = familyAfter(bench, id);
    if (!object) return [];
    return foreignKeysOf(bench, id, tableName(object), family).filter((key) => added.some((delta) => delta.objectId === key.object.id)).map((key) => ({ key, primary: primaryKeyOf(family) }));
  });
  const changed = [...new Set(deltas.map((delta) => delta.group))].flatMap((id) => {
    const object = bench.current.get(id);
    return object ? violationsCheck(tableName(object), allRows(tableName(object)), bench.currentFamily.get(id) ?? [], withoutNewColumns(bench, id)) : [];
  });
  const names = added.filter((delta) => delta.kind === 'index').map((delta) => tableName(delta.desired as NonNullable<Delta['desired']>));
  return [
    { id: 'free_names', kind: 'free_names', names },
    ...changed,
    ...(keys.length > 0 ? [{ id: 'orphans', kind: 'orphans' as const, foreignKeys: keys.map((one) => one.key.spec), keys: Object.fromEntries(keys.map((one) => [tableKey(one.key.spec.child), one.primary])) }] : []),
  ];
}

/** Rules over a column that does not exist yet cannot be asked of the rows; its default decides, and the step's own transaction. */
function withoutNewColumns(bench: Workbench, id: string): SchemaObject[] {
  const old = new Set(columnsOf(bench.currentFamily.get(id) ?? []).map((column) => column.name));
  return familyAfter(bench, id).filter((object) => (object.kind === 'column' ? old.has(object.name) : list(object, 'columns').every((column) => old.has(column))));
}
