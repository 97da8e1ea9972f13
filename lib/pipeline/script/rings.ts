import { ident } from '../ddl.ts';
import { kindOf } from '../kinds/all.ts';
import { listOf, relationOf, textOf } from '../kinds/relation.ts';
import { viewInName } from '../kinds/view.ts';
import type { SchemaObject } from '../snapshot.ts';
import type { Action, Graph } from './order.ts';
import { namesOf } from './names.ts';
import type { Scope } from './scope.ts';
import { columnOfDefault } from './side.ts';

/** What can be made in name first, so that others can speak of it, and be what it is afterwards. */
const IN_NAME: ReadonlySet<string> = new Set(['view', 'function', 'procedure', 'domain']);

/**
 * Opens a ring: a function with a body that the server has parsed, a view or a domain comes in name first, and goes by becoming a mere name before it is dropped.
 * Only others of these kinds are content with the name: rows, indexes and checks wait for what it really is. Of a table that goes,
 * what calls a function goes before it. null where nothing of the ring is of such a kind.
 */
export function openedRing(scope: Scope, actions: readonly Action[], ring: readonly Action[], graph: Graph): { actions: Action[]; graph: Graph } | null {
  const made = new Map(ring.flatMap((action) => inName(scope.after.objects.get(action.objectId), action, 'create')));
  const gone = new Map(ring.flatMap((action) => inName(scope.before.objects.get(action.objectId), action, 'drop')));
  const parts = new Map(ring.flatMap((action) => partsOf(scope, action, ring)));
  if (made.size + gone.size + parts.size === 0) return null;
  return {
    actions: actions.flatMap((action) => coming(made.get(action), action) ?? leaving(gone.get(action), action) ?? parts.get(action) ?? [action]),
    graph: {
      needsAfter: (id) => (id.startsWith(REALLY) ? needsReally(made, graph, id.slice(REALLY.length)) : needsInName(scope, made, graph, id)),
      dependentsBefore: (id) => graph.dependentsBefore(id).map((each) => (isOf(gone, each) && !speaksOf(scope.before.objects.get(each), scope.before.objects.get(id)) ? `${RELEASED}${each}` : each)),
    },
  };
}

const REALLY = 'really:';
const RELEASED = 'released:';

type InName = ReadonlyMap<Action, { object: SchemaObject; sql: readonly string[]; really: readonly string[] }>;

function isOf(named: InName, id: string): boolean {
  for (const { object } of named.values()) if (object.id === id) return true;
  return false;
}

function inName(object: SchemaObject | undefined, action: Action, verb: 'create' | 'drop'): [Action, { object: SchemaObject; sql: readonly string[]; really: readonly string[] }][] {
  if (!object || !IN_NAME.has(object.kind) || action.key !== `${verb} ${object.id}`) return [];
  const sql = object.kind === 'domain' ? domainInName(object, verb) : object.kind === 'view' ? viewInName(object, verb) : routineInName(object);
  return sql === null ? [] : [[action, { object, sql, really: verb === 'drop' ? action.sql : reallySql(object, action.sql) }]];
}

/** The body of standard SQL is the only one that the server looks into. */
function routineInName(object: SchemaObject): string[] | null {
  const [head, body] = headOf(object);
  return body === '' ? null : [`${head}AS 'SELECT NULL'`];
}

function headOf(object: SchemaObject): [head: string, body: string] {
  const text = String(object.attributes.definition).trimEnd();
  const at = text.search(/^(?:BEGIN ATOMIC$|RETURN )/m);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)];
}

function bareDomain(object: SchemaObject): SchemaObject {
  return { ...object, attributes: { ...object.attributes, default: null, constraints: [] } };
}

const OF_DOMAIN = new Set(['default', 'constraints']);

function domainInName(object: SchemaObject, verb: 'create' | 'drop'): readonly string[] | null {
  const changes = kindOf('domain').alter({ current: object, desired: bareDomain(object), names: OF_DOMAIN }) ?? [];
  if (changes.length === 0 || (listOf(object, 'constraints').length === 0 && textOf(object, 'default') === null)) return null;
  return verb === 'drop' ? changes : kindOf('domain').create(bareDomain(object), []).map(({ sql }) => sql);
}

function reallySql(object: SchemaObject, sql: readonly string[]): readonly string[] {
  if (object.kind === 'view') return sql.map((text, at) => (at === 0 ? text.replace('CREATE VIEW ', 'CREATE OR REPLACE VIEW ') : text));
  if (object.kind !== 'domain') return sql;
  const names = new Set([...OF_DOMAIN].filter((name) => name !== 'default' || textOf(object, 'default') !== null));
  return [...(kindOf('domain').alter({ current: bareDomain(object), desired: object, names }) ?? []), ...sql.slice(kindOf('domain').create(object, []).length)];
}

function coming(named: ReturnType<InName['get']>, action: Action): Action[] | undefined {
  if (!named || !action.key.startsWith('create ')) return undefined;
  const { object, sql, really } = named;
  return [
    { ...action, key: `name ${object.id}`, sql, creates: [object.id, ...namesOf(object)], after: [] },
    { ...action, sql: really, creates: [`${REALLY}${object.id}`] },
  ];
}

function leaving(named: ReturnType<InName['get']>, action: Action): Action[] | undefined {
  if (!named) return undefined;
  const key = `release ${named.object.id}`;
  return [{ ...action, key, sql: named.sql, drops: [`${RELEASED}${named.object.id}`], after: [] }, { ...action, after: [...action.after, key] }];
}

/** The server computes what a domain's checks call as soon as there is one; all others look at no more than names. */
function needsReally(made: InName, graph: Graph, id: string): readonly string[] {
  const needs = graph.needsAfter(id);
  return [id, ...(id.startsWith('domain:') ? needs.map((each) => (isOf(made, each) ? `${REALLY}${each}` : each)) : needs)];
}

function needsInName(scope: Scope, made: InName, graph: Graph, id: string): readonly string[] {
  const needs = graph.needsAfter(id);
  if (!isOf(made, id)) return needs.map((each) => (isOf(made, each) ? `${REALLY}${each}` : each));
  const object = scope.after.objects.get(id);
  return needs.filter((each) => speaksOf(object, scope.after.objects.get(each)));
}

/** The name alone needs what stands in its arguments, result or columns: types, and relations as types of their rows. */
function speaksOf(object: SchemaObject | undefined, other: SchemaObject | undefined): boolean {
  if (!object || !other) return false;
  if (other.kind === 'column') return false;
  if (['view', 'materialized_view', 'table', 'foreign_table', 'function', 'aggregate'].includes(other.kind)) {
    const text = object.kind === 'view' ? listOf(object, 'columns').join('\n') : object.kind === 'domain' ? (textOf(object, 'type') ?? '') : headOf(object)[0];
    return text.includes(`${ident(other.schema)}.${other.kind === 'function' || other.kind === 'aggregate' ? other.name.slice(0, other.name.indexOf('(')) : ident(other.name)}`);
  }
  return true;
}

/** What hangs on a table that goes and calls what waits for the table, as actions before it. */
function partsOf(scope: Scope, action: Action, ring: readonly Action[]): [Action, Action[]][] {
  const table = scope.before.objects.get(action.objectId);
  if (table?.kind !== 'table' || action.key !== `drop ${table.id}`) return [];
  const waiting = new Set(ring.flatMap((each) => (each === action ? [] : each.drops)));
  const apart = action.drops.flatMap((id): Action[] => {
    if (id === table.id || !scope.before.needs(id).some((each) => waiting.has(each))) return [];
    const sql = dropOfPart(scope.before.objects.get(id.startsWith('default:') ? columnOfDefault(id) : id), id);
    return sql === null ? [] : [{ key: `drop ${id}`, objectId: id.startsWith('default:') ? columnOfDefault(id) : id, rank: action.rank, sql, drops: [id], creates: [], alters: [], after: [] }];
  });
  return apart.length === 0 ? [] : [[action, [...apart, { ...action, sql: action.sql.filter((text) => !apart.some((each) => each.sql.includes(text))), drops: action.drops.filter((id) => !apart.some((each) => each.drops.includes(id))) }]]];
}

function dropOfPart(object: SchemaObject | undefined, id: string): readonly string[] | null {
  if (!object || object.attributes.inherited === true) return null;
  if (id.startsWith('default:')) return textOf(object, 'default') === null ? null : [`ALTER TABLE ONLY ${relationOf(object)} ALTER COLUMN ${ident(object.name)} DROP DEFAULT`];
  return ['constraint', 'policy', 'trigger', 'rule', 'index'].includes(object.kind) ? kindOf(object.kind).drop(object) : null;
}
