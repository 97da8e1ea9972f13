import { ident, literal, qualified } from '../ddl.ts';
import type { Delta } from '../diff.ts';
import type { ViewReads } from '../evidence.ts';
import { kindOf } from '../kinds/all.ts';
import { qualifiedId, relationOf } from '../kinds/relation.ts';
import type { Assertion, LockClaim, Statement, TableName } from '../plan.ts';
import { makeScript } from '../script/script.ts';
import { parseObjectId, type SchemaObject } from '../snapshot.ts';
import { listed } from '../words.ts';
import type { Conversion } from './convert-sql.ts';
import { columnsOf, execute, goes, refuse, tableName, text, type Workbench } from './input.ts';
import { spoken } from './names.ts';

/** What reads tables that change places, and would go on reading the old ones: the server knows them by number, not by name. */
export interface Resting {
  /** Views and materialized views, through any number of others; each behind what it reads. */
  views: readonly SchemaObject[];
  /** Those of them that are made anew: all but the ones that are chosen to go. */
  made: readonly SchemaObject[];
  /** Policies and rules of other tables. */
  elsewhere: readonly SchemaObject[];
}

type Tables = readonly Pick<Conversion, 'id'>[];

/** Follows the server's own dependencies from the tables with all their parts. What else it meets (functions, keys, row types) the gate of the check `dependents` names. */
export function restingOn(bench: Workbench, tables: Tables): Resting {
  const inside = new Set(tables.map((one) => one.id));
  return follow(bench, tables.flatMap((one) => [one.id, ...(bench.currentFamily.get(one.id) ?? []).map((part) => part.id)]), inside);
}

/** The same from some parts of a table alone, such as columns. */
export function restingOnIds(bench: Workbench, ids: readonly string[]): Resting {
  return follow(bench, [...ids], new Set());
}

function follow(bench: Workbench, queue: string[], inside: ReadonlySet<string>): Resting {
  const views = new Map<string, SchemaObject>();
  const elsewhere = new Map<string, SchemaObject>();
  const seen = new Set(queue);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const next of bench.dependents(id)) {
      const object = seen.has(next) ? undefined : bench.current.get(next);
      seen.add(next);
      if (object?.kind === 'view' || object?.kind === 'materialized_view') {
        views.set(next, object);
        queue.push(next);
      } else if ((object?.kind === 'policy' || object?.kind === 'rule') && !inside.has(object.parent ?? '')) elsewhere.set(next, object);
    }
  }
  const ordered = inOrder(bench, views);
  // A view that goes steps aside like the others, comes back with them, and is not made anew; a policy or rule that goes does so before the tables are converted.
  return { views: ordered, made: ordered.filter((view) => !goes(bench, view.id)), elsewhere: [...elsewhere.values()].filter((object) => !views.has(object.parent ?? '') && !goes(bench, object.id)).toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** Each view behind those that it reads. */
function inOrder(bench: Workbench, views: ReadonlyMap<string, SchemaObject>): SchemaObject[] {
  const sorted: SchemaObject[] = [];
  const visit = (view: SchemaObject): void => {
    if (sorted.includes(view)) return;
    for (const id of bench.input.current.dependencies?.[view.id] ?? []) {
      const below = views.get(id);
      if (below && below !== view) visit(below);
    }
    sorted.push(view);
  };
  for (const view of [...views.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))) visit(view);
  return sorted;
}

/** Pairs of tables that one view, policy or rule reads: they change places together, because it is made anew once. */
export function joinedByReaders(bench: Workbench, ids: readonly string[]): (readonly [string, string])[] {
  const readers = ids.flatMap((id) => {
    const { views, elsewhere } = restingOn(bench, [{ id }]);
    return [...views.map((view) => [view.id, id] as const), ...elsewhere.flatMap((object) => [[object.id, id] as const, ...(ids.includes(object.parent ?? '') ? [[object.id, object.parent ?? ''] as const] : [])])];
  });
  return [...Map.groupBy(readers, ([reader]) => reader).values()].flatMap((same) => same.slice(1).map(([, id]) => [same[0]?.[1] ?? id, id] as const));
}

/** Refuses by name what cannot stand beside the old tables, or be made anew. */
export function refuseViews(bench: Workbench, tables: readonly Conversion[]): void {
  const { views, made, elsewhere } = restingOn(bench, tables);
  const names = [...tables.map((one) => one.original.name), ...views.map((view) => view.name)];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) refuse(bench, `Two of what is set aside while ${listed(tables.map((one) => spoken(one.live)))} are converted have the name ${twice}; this version keeps them in one schema: convert them in two plans.`);
  for (const rule of elsewhere) {
    if (!rule.parent?.startsWith('table:')) refuse(bench, `The rule ${rule.name} on ${qualifiedId(rule.parent ?? '')} writes a table that is converted; this version carries rules of tables and of the views that read them only.`);
  }
  for (const view of made) {
    const gone = views.find((other) => !made.includes(other) && wantedNeeds(bench, view).includes(other.id));
    if (gone) refuse(bench, `The view ${spoken(tableName(gone))} is chosen to go, and ${spoken(tableName(view))} reads it: choose what becomes of that too.`);
    const wanted = wantedView(bench, view);
    const missing = wanted === view ? undefined : (bench.input.desiredSnapshot.dependencies?.[view.id] ?? []).find((id) => !bench.current.has(id) && bench.desired.has(id));
    if (missing !== undefined) refuse(bench, `The view ${spoken(tableName(view))} is chosen to change, and reads ${missing.replace(':', ' ')}, which comes only after the conversion: plan the change of the view apart.`);
  }
}

function wantedNeeds(bench: Workbench, view: SchemaObject): readonly string[] {
  return (wantedView(bench, view) === view ? bench.input.current : bench.input.desiredSnapshot).dependencies?.[view.id] ?? [];
}

/** As it will be: with the chosen difference, if there is one. */
export function wantedView(bench: Workbench, view: SchemaObject): SchemaObject {
  const delta = deltaOf(bench, view);
  if (!delta?.desired) return view;
  return { ...delta.desired, attributes: { ...view.attributes, ...Object.fromEntries(delta.attributes.map(({ name, desired }) => [name, desired])) }, aside: { ...delta.desired.aside, ...view.aside } };
}

function deltaOf(bench: Workbench, view: SchemaObject): Delta | undefined {
  const names = kindOf(view.kind).attributes.map((attribute) => attribute.name);
  return bench.chosen.find((delta) => delta.objectId === view.id && delta.change === 'change' && delta.attributes.every(({ name }) => names.includes(name)));
}

/** A chosen change or removal of a view that steps aside needs no steps of its own. */
export function takeViews(bench: Workbench, tables: Tables): void {
  for (const view of restingOn(bench, tables).views) {
    for (const delta of bench.chosen) if (delta === deltaOf(bench, view) || (delta.objectId === view.id && delta.change === 'remove')) bench.taken.add(delta.id);
  }
}

/** Policies and rules of other tables are changed in place, which holds up everybody there. */
export function elsewhereLocks({ elsewhere }: Resting): LockClaim[] {
  const parents = new Map(elsewhere.map((object) => [object.parent ?? '', object]));
  return [...parents.keys()].toSorted().map((id) => ({ mode: 'ACCESS EXCLUSIVE', table: tableOf(id) }));
}

export function viewLocks({ views }: Resting): LockClaim[] {
  return views.toReversed().map((view) => ({ mode: 'ACCESS EXCLUSIVE', table: tableName(view) }));
}

function tableOf(id: string): TableName {
  const [schema = '', name = ''] = parseObjectId(id).path;
  return { schema, name };
}

/**
 * Before the tables are locked, and from the outermost inwards: whoever reads a view locks it first and then what it reads, and another order is how
 * two sessions come to wait for each other. Set aside as they are, so that they come back with all that anybody gave them. Lock: ACCESS EXCLUSIVE on each.
 */
export function setViewsAside(bench: Workbench, { views }: Resting): Statement[] {
  return views.toReversed().map((view) => execute(`keep the old ${view.kind === 'view' ? 'view' : 'materialized view'} ${view.name}`, `ALTER ${kindOf(view.kind).address(view)} SET SCHEMA ${ident(bench.keepSchema)}`));
}

/** On the way back, first of all, for the same reason. They are dropped when no policy or rule reads them any more. */
export function takeViewsOut(bench: Workbench, { made }: Resting): Statement[] {
  return made.toReversed().map((view) => execute(`take the new ${view.name} out`, `ALTER ${kindOf(view.kind).address(view)} SET SCHEMA ${ident(bench.shadowSchema)}`));
}

/** RESTRICT: what somebody made over a new view since then is named, and stays. */
export function dropViews(bench: Workbench, { made }: Resting): Statement[] {
  return made.toReversed().map((view) => execute(`drop the new ${view.name}`, `DROP ${kindOf(view.kind).address({ ...view, schema: bench.shadowSchema })} RESTRICT`));
}

export function bringViewsBack(bench: Workbench, { views }: Resting): Statement[] {
  return views.map((view) => execute(`bring the old ${view.name} back`, `ALTER ${kindOf(view.kind).address({ ...view, schema: bench.keepSchema })} SET SCHEMA ${ident(view.schema)}`));
}

/** For clean-up, before the old tables: their policies may read views and each other's tables, the views read the tables. */
export function dropKeptReaders(bench: Workbench, tables: readonly Conversion[]): Statement[] {
  const policies = tables.flatMap((one) => one.beforeFamily.filter((object) => object.kind === 'policy').map((object) => execute(`drop policy ${object.name} of the old ${one.live.name}`, `DROP POLICY ${ident(object.name)} ON ${qualified(one.original)}`)));
  return [...policies, ...dropKeptViews(bench, restingOn(bench, tables))];
}

export function dropKeptViews(bench: Workbench, { views }: Resting): Statement[] {
  return views.toReversed().map((view) => execute(`drop the old ${view.name}`, `DROP ${kindOf(view.kind).address({ ...view, schema: bench.keepSchema })} RESTRICT`));
}

/** Over the tables that have just become the live ones: with options, owner, grants, comments, triggers, rules and indexes, by the script that would make them in an empty place. */
export function createViews(bench: Workbench, { made: views }: Resting): Statement[] {
  if (views.length === 0) return [];
  const { objects, satellites = [], dependencies = {} } = bench.input.current;
  const wanted = new Map(views.map((view) => [view.id, wantedView(bench, view)]));
  const parts = new Map(views.map((view) => {
    const own = [view, ...(bench.currentFamily.get(view.id) ?? [])].map((object) => object.id);
    return [view.id, [...own.slice(1), ...satellites.filter((object) => own.includes(text(object, 'target') ?? '')).map((object) => object.id)]] as const;
  }));
  const gone = new Set([...wanted.keys(), ...[...parts.values()].flat()]);
  const without = { objects: objects.filter((object) => !gone.has(object.id)), satellites: satellites.filter((object) => !gone.has(object.id)), dependencies };
  const deltas = [...wanted.values()].map((view): Delta => ({ id: `add:${view.id}`, change: 'add', kind: view.kind, objectId: view.id, group: view.id, current: null, desired: view, attributes: [], carries: parts.get(view.id) ?? [] }));
  const changed = Object.fromEntries(views.flatMap((view) => (wanted.get(view.id) === view ? [] : [[view.id, bench.input.desiredSnapshot.dependencies?.[view.id] ?? dependencies[view.id] ?? []] as const])));
  const script = makeScript(without, { objects: objects.map((object) => wanted.get(object.id) ?? object), satellites, dependencies: { ...dependencies, ...changed } }, deltas, { owners: true });
  for (const { sentence } of script.refusals) refuse(bench, sentence);
  const statements = script.steps.flatMap((step) => step.statements.map(({ sql }) => execute(labelOf(sql), sql)));
  // A materialized view is filled when it is made, and what its functions name is found where the application finds it.
  return views.some((view) => view.kind === 'materialized_view') ? [pathOf('let functions find what the application finds', USUAL_PATH), ...statements, pathOf('and no longer', 'pg_catalog')] : statements;
}

export const USUAL_PATH = '"$user", public';

export function pathOf(label: string, path: string): Statement {
  return execute(label, `SELECT pg_catalog.set_config('search_path', ${literal(path)}, true)`);
}

function labelOf(sql: string): string {
  const line = sql.split('\n')[0]?.replace(/ (?:AS|WITH \(.*)$/, '') ?? sql;
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

/** Said once more, the same text means the tables that have the names now; name, state and comment stay. Lock: ACCESS EXCLUSIVE on each one's table. */
export function renewElsewhere({ elsewhere }: Resting): Statement[] {
  return elsewhere.map((object) => {
    const label = `let ${object.kind} ${object.name} on ${relationOf(object)} read what is live now`;
    if (object.kind === 'rule') return execute(label, String(object.attributes.definition).replace(/^CREATE RULE /, 'CREATE OR REPLACE RULE '));
    const [using, check] = [text(object, 'using'), text(object, 'check')];
    return execute(label, `ALTER POLICY ${ident(object.name)} ON ${relationOf(object)}${using === null ? '' : ` USING (${using})`}${check === null ? '' : ` WITH CHECK (${check})`}`);
  });
}

/** The gate under the lock: nothing that people use reads the tables and views that have just stepped aside, whenever it was made. `later`: what is made anew by later steps. */
export function nothingReads(bench: Workbench, aside: readonly TableName[], later: readonly TableName[] = []): Assertion {
  const tables = `ARRAY[${aside.map((table) => `to_regclass(${literal(qualified(table))})`).join(', ')}]::oid[]`;
  return {
    label: `what still reads the tables that stepped aside`,
    sql: [
      `SELECT coalesce(string_agg(DISTINCT what, ', ' ORDER BY what), 'nothing') FROM (`,
      `  SELECT format('%I.%I', n.nspname, c.relname) AS what, c.relnamespace AS place FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace`,
      `   WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY (${tables})`,
      `  UNION ALL`,
      `  SELECT format('policy %I on %I.%I', p.polname, n.nspname, c.relname), c.relnamespace FROM pg_depend d JOIN pg_policy p ON p.oid = d.objid JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace`,
      `   WHERE d.classid = 'pg_policy'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY (${tables})`,
      `) readers WHERE ${later.length === 0 ? '' : `what <> ALL (ARRAY[${later.map((name) => literal(qualified(name))).join(', ')}]) AND `}place IS DISTINCT FROM to_regnamespace(${literal(ident(bench.keepSchema))}) AND place IS DISTINCT FROM to_regnamespace(${literal(ident(bench.shadowSchema))})`,
    ].join('\n'),
    expect: { from: 'literal', value: 'nothing' },
  };
}

/** As the gate finds them. */
export function restingNames({ views, elsewhere }: Resting): string[] {
  return [...views.map((view) => qualified(tableName(view))), ...elsewhere.map((object) => `${ident(object.name)} on ${relationOf(object)}`)];
}

/** They stand, and read the new tables; a view has a column for each that it had. */
export function viewsVerification({ made }: Resting, bench: Workbench): Assertion[] {
  return made.map((view): Assertion => ({
    label: `${view.kind === 'view' ? 'view' : 'materialized view'} ${spoken(tableName(view))} reads the live tables`,
    sql: `SELECT (to_regclass(${literal(qualified(tableName(view)))}) IS NOT NULL AND to_regclass(${literal(qualified({ schema: bench.keepSchema, name: view.name }))}) IS NOT NULL)::text`,
    expect: { from: 'literal', value: 'true' },
  }));
}

/** What preflight asks of the views that are made anew; nothing where there are none. */
export function viewReads(bench: Workbench, tables: readonly Conversion[]): { reads?: ViewReads } {
  const { made } = restingOn(bench, tables);
  if (made.length === 0) return {};
  return { reads: { tables: tables.map((one) => ({ table: one.live, before: typedColumns(one.beforeFamily), after: typedColumns(one.family) })), views: made.map((view) => ({ view: tableName(view), query: text(wantedView(bench, view), 'definition') ?? '' })) } };
}

function typedColumns(family: readonly SchemaObject[]): { name: string; type: string }[] {
  return columnsOf(family).map((column) => ({ name: column.name, type: text(column, 'type') ?? 'text' }));
}
