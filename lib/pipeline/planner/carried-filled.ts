import { createIndex, ident, qualified } from '../ddl.ts';
import { kindOf } from '../kinds/all.ts';
import type { LockClaim, Statement, Step, TableName } from '../plan.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { revokeDefaults } from './carried.ts';
import { bringViewsBack, createViews, dropViews, nothingReads, pathOf, type Resting, restingOn, setViewsAside, takeViewsOut, USUAL_PATH, wantedView } from './carried-views.ts';
import type { Conversion } from './convert-sql.ts';
import { execute, tableName, type Workbench } from './input.ts';
import { spoken } from './names.ts';

/** A materialized view that is filled anew after the swap, and the views that read the tables through it alone. */
export interface Filled {
  view: SchemaObject;
  readers: readonly SchemaObject[];
}

export interface SplitResting {
  /** What changes places in the swap itself. */
  early: Resting;
  /** What does so afterwards, each in steps of its own: until then it holds the rows that it had, and reads the old tables, which are kept in step. */
  late: readonly Filled[];
  /** Why it cannot be split; null when it can. */
  obstacle: string | null;
}

/**
 * Filling a materialized view takes as long as its query, so it is not done under the lock of the swap. A view that reads the tables both through one and past
 * it could not be told in two parts: between the swap and the filling it would read, and write, the old table.
 */
export function splitResting(bench: Workbench, tables: readonly Conversion[]): SplitResting {
  const resting = restingOn(bench, tables);
  const needs = (object: SchemaObject): readonly string[] => bench.input.current.dependencies?.[object.id] ?? [];
  // What only goes is not filled: it steps aside in the swap.
  const filled = resting.made.filter((view) => view.kind === 'materialized_view');
  /** Behind which materialized view, by its place; -1: none. */
  const behind = new Map<string, number>();
  for (const view of resting.views) behind.set(view.id, Math.max(filled.indexOf(view), ...needs(view).map((id) => behind.get(id) ?? -1)));
  const isLate = (id: string): boolean => (behind.get(id) ?? -1) >= 0 && resting.made.some((view) => view.id === id);
  const own = new Set(tables.flatMap((one) => [one.id, ...one.beforeFamily.map((part) => part.id)]));
  const early = resting.views.filter((view) => !isLate(view.id));
  const readers = resting.views.filter((view) => view.kind === 'view' && isLate(view.id));
  const both = readers.find((view) => needs(view).some((id) => own.has(id) || early.some((one) => one.id === id)));
  const bound = [...resting.elsewhere, ...tables.flatMap((one) => one.beforeFamily.filter((part) => part.kind === 'policy' || part.kind === 'rule'))].find((object) => needs(object).some(isLate));
  const counted = filled.find((view) => (bench.currentFamily.get(view.id) ?? []).some((part) => part.kind !== 'index'));
  return {
    early: { ...resting, views: early, made: early.filter((view) => resting.made.includes(view)) },
    late: filled.map((view, i) => ({ view, readers: readers.filter((one) => behind.get(one.id) === i) })),
    obstacle: both ? `the view ${spoken(tableName(both))} reads them both through a materialized view and past it`
      : bound ? `the ${bound.kind} ${bound.name} reads a materialized view over them`
        : counted ? `the materialized view ${spoken(tableName(counted))} has more than indexes, which could not be made before it is in its place` : null,
  };
}

/** Ids of what goes on reading the old tables until it is filled. */
export function lateNames(late: readonly Filled[]): TableName[] {
  return late.flatMap(({ view, readers }) => [view, ...readers]).map(tableName);
}

/** Two steps for each materialized view, in the order in which they read each other: filled where nobody waits, then put in its place. `next`: the number of the first step. */
export function filledSteps(bench: Workbench, tables: readonly Conversion[], id: string, next: number): Step[] {
  const { late } = splitResting(bench, tables);
  return late.flatMap((one, i) => [fillStep(bench, one, `${id}.${next + 2 * i}`), placeStep(bench, tables, one, i === late.length - 1, `${id}.${next + 2 * i + 1}`)]);
}

function fillStep(bench: Workbench, { view }: Filled, id: string): Step {
  const made = { ...wantedView(bench, view), schema: bench.shadowSchema };
  const indexes = (bench.currentFamily.get(view.id) ?? []).filter((part) => part.kind === 'index').map((part) => ({ ...part, schema: bench.shadowSchema, parent: objectId('materialized_view', made.schema, made.name) }));
  return {
    ...plain(id, `Fill ${spoken(tableName(view))} from the new tables, beside the one that is in use`),
    statements: [
      pathOf('let functions find what the application finds', USUAL_PATH),
      ...kindOf('materialized_view').create(made, []).map(({ sql }) => execute(`fill the new ${view.name}`, sql)),
      pathOf('and no longer', 'pg_catalog'),
      ...indexes.flatMap((index) => kindOf('index').create(index, []).map(({ sql }, i) => execute(`index ${index.name}`, i === 0 ? createIndex(index, made) : sql))),
      execute(`gather statistics of the new ${view.name}`, `ANALYZE ${qualified(made)}`),
    ],
    undo: [execute(`drop the new ${view.name}`, `DROP MATERIALIZED VIEW ${qualified(made)} RESTRICT`)],
  };
}

function placeStep(bench: Workbench, tables: readonly Conversion[], { view, readers }: Filled, last: boolean, id: string): Step {
  const resting: Resting = { views: readers, made: readers, elsewhere: [] };
  const [live, kept, made] = [tableName(view), { schema: bench.keepSchema, name: view.name }, { schema: bench.shadowSchema, name: view.name }];
  const locks: LockClaim[] = [...readers.toReversed(), view].map((one) => ({ mode: 'ACCESS EXCLUSIVE', table: tableName(one) }));
  return {
    ...plain(id, `Put the new ${spoken(live)} in its place`),
    statements: [
      ...setViewsAside(bench, resting),
      move(live, kept.schema, `keep the old ${view.name}`),
      move(made, live.schema, `put the new ${view.name} in its place`),
      ...givenTo(bench, view),
      ...createViews(bench, resting),
      ...(last ? [{ do: 'assert' as const, ...nothingReads(bench, asideOf(bench, tables)) }] : []),
    ],
    undo: [
      ...takeViewsOut(bench, resting),
      move(live, made.schema, `take the new ${view.name} out`),
      move(kept, live.schema, `bring the old ${view.name} back`),
      ...bringViewsBack(bench, resting),
      ...dropViews(bench, resting),
    ],
    locks,
    undoLocks: locks,
  };
}

/** Owner, grants and comments, after what default privileges gave is taken back. */
function givenTo(bench: Workbench, view: SchemaObject): Statement[] {
  const own = [view, ...(bench.currentFamily.get(view.id) ?? [])].map((object) => object.id);
  const about = (bench.input.current.satellites ?? []).filter((object) => own.includes(String(object.attributes.target)));
  return [
    ...(typeof view.aside?.owner === 'string' ? [execute(`give ${view.name} its owner`, `ALTER MATERIALIZED VIEW ${qualified(tableName(view))} OWNER TO ${ident(view.aside.owner)}`)] : []),
    execute(`take back what default privileges gave on ${view.name}`, revokeDefaults(tableName(view))),
    ...about.flatMap((object) => kindOf(object.kind).create(object, []).map(({ sql }) => execute(`${object.kind} on ${view.name}`, sql))),
  ];
}

/** Everything of the group that stands in the keep schema after the swap and may be read by nobody. */
export function asideOf(bench: Workbench, tables: readonly Conversion[]): TableName[] {
  return [...tables.map((one) => one.original), ...restingOn(bench, tables).views.map((view) => ({ schema: bench.keepSchema, name: view.name }))];
}

function move(from: TableName, to: string, label: string): Statement {
  return execute(label, `ALTER MATERIALIZED VIEW ${qualified(from)} SET SCHEMA ${ident(to)}`);
}

function plain(id: string, title: string): Step {
  return { id, title, statements: [], undo: [], locks: [], rewrite: false, hazards: [], editable: false };
}
