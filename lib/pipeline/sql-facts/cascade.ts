import type { TableName } from '../plan.ts';
import { objectId, type ObjectKind, parseObjectId, type SchemaObject } from '../snapshot.ts';
import { nameOf } from './create.ts';
import type { Existing } from './existing.ts';
import { listAt, type Node, nodesAt, textAt, wrapped } from './tree.ts';
import { typeText } from './type-text.ts';

/** What a DROP may mean by a name, for kinds on which something else can rest. Of other kinds it is not known what CASCADE takes along. */
const MEANT: Readonly<Record<string, readonly ObjectKind[]>> = {
  OBJECT_TABLE: ['table'], OBJECT_VIEW: ['view'], OBJECT_MATVIEW: ['materialized_view'], OBJECT_FOREIGN_TABLE: ['foreign_table'], OBJECT_SEQUENCE: ['sequence'], OBJECT_INDEX: ['index'],
  OBJECT_TYPE: ['enum', 'composite_type', 'range_type', 'domain'], OBJECT_DOMAIN: ['domain'], OBJECT_COLLATION: ['collation'], OBJECT_EXTENSION: ['extension'],
  OBJECT_FUNCTION: ['function'], OBJECT_PROCEDURE: ['procedure'], OBJECT_AGGREGATE: ['aggregate'], OBJECT_ROUTINE: ['function', 'procedure', 'aggregate'],
  OBJECT_FDW: ['foreign_data_wrapper'], OBJECT_FOREIGN_SERVER: ['foreign_server'],
};
const ROUTINES = new Set(['OBJECT_FUNCTION', 'OBJECT_PROCEDURE', 'OBJECT_AGGREGATE', 'OBJECT_ROUTINE']);
const WITHOUT_SCHEMA = new Set(['OBJECT_EXTENSION', 'OBJECT_FDW', 'OBJECT_FOREIGN_SERVER']);
/** They stand on a table, and nothing rests on them. */
const BARE = new Set(['OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE', 'OBJECT_PUBLICATION', 'OBJECT_EVENT_TRIGGER', 'OBJECT_STATISTIC_EXT', 'OBJECT_CAST', 'OBJECT_TRANSFORM']);

/** What goes beside what a statement names. */
export interface TakenAlong {
  /** The names as they are written. */
  of: string;
  /** ObjectIds, tables and columns first, and `default:…` of columns; null: what that is was not read. */
  along: readonly string[] | null;
}

/**
 * What CASCADE takes along, by the dependencies that the server keeps.
 * @param node a DropStmt, or the AlterTableCmd of a column or constraint together with its `table`.
 * @returns null where no CASCADE is said, or nothing can rest on what goes. A schema is not asked here: everything in it goes.
 */
export function takenAlong(node: Node, table: TableName | null, searchPath: readonly string[], existing: Existing | null): TakenAlong | null {
  const type = String(node.removeType);
  if (node.behavior !== 'DROP_CASCADE' || type === 'OBJECT_SCHEMA' || BARE.has(type)) return null;
  const of = table ? `${table.name}.${textAt(node, 'name') ?? ''}` : listAt(node, 'objects').map((each) => nameOf(each).at(-1) ?? '').join(', ');
  if (!existing?.resting) return { of, along: null };
  const roots = table ? partOf(node, table) : meant(node, type, searchPath, existing);
  return { of, along: roots && goesWith(roots, existing) };
}

function partOf(cmd: Node, { schema, name }: TableName): string[] | null {
  const part = textAt(cmd, 'name') ?? '';
  if (cmd.subtype === 'AT_DropColumn') return [objectId('column', schema, name, part)];
  return cmd.subtype === 'AT_DropConstraint' ? [objectId('constraint', schema, name, part)] : null;
}

function meant(node: Node, type: string, searchPath: readonly string[], existing: Existing): string[] | null {
  const kinds = MEANT[type];
  return kinds ? listAt(node, 'objects').flatMap((object) => addressed(object, type, kinds, searchPath, existing)) : null;
}

function addressed(object: Node, type: string, kinds: readonly ObjectKind[], searchPath: readonly string[], existing: Existing): string[] {
  const parts = nameOf(object);
  const name = parts.at(-1) ?? '';
  if (WITHOUT_SCHEMA.has(type)) return kinds.map((kind) => objectId(kind, name));
  const schemas = parts.length > 1 ? [parts.at(-2) ?? ''] : searchPath;
  if (ROUTINES.has(type)) return routines(object, name, kinds, schemas, existing);
  if (type === 'OBJECT_INDEX') return schemas.flatMap((schema) => existing.indexes.get(`${schema}.${name}`)?.id ?? []).slice(0, 1);
  return schemas.flatMap((schema) => kinds.map((kind) => objectId(kind, schema, name))).filter((id) => existing.objects.has(id)).slice(0, 1);
}

/** The one with those arguments; all of the name where none is said, or where a type is written in another way. */
function routines(object: Node, name: string, kinds: readonly ObjectKind[], schemas: readonly string[], existing: Existing): string[] {
  const all = [...existing.objects.values()].filter((one) => kinds.includes(one.kind) && schemas.includes(one.schema)).map(({ id }) => ({ id, signature: parseObjectId(id).path.at(-1) ?? '' })).filter(({ signature }) => signature.startsWith(`${name}(`));
  const said = wrapped(object, 'ObjectWithArgs') ?? {};
  const exact = `${name}(${nodesAt(said, 'objargs', 'TypeName').map(typeText).join(', ')})`;
  const one = said.args_unspecified === true ? [] : all.filter(({ signature }) => signature === exact);
  return (one.length > 0 ? one : all).map(({ id }) => id);
}

/** ObjectIds of whatever rests on what goes, and on that, and so on; of a relation its parts go with it and are not named again. */
export function goesWith(roots: readonly string[], existing: Existing): string[] {
  const gone = new Set<string>();
  const rest = [...roots];
  for (let id = rest.pop(); id !== undefined; id = rest.pop()) {
    if (gone.has(id)) continue;
    gone.add(id);
    rest.push(...(existing.children.get(id) ?? []).map((child) => child.id), ...(existing.resting?.get(id) ?? []).flatMap((one) => goesFor(one, id, existing)));
  }
  const along = [...gone].filter((id) => !roots.includes(id) && !gone.has(holderOf(id, existing) ?? ''));
  return along.toSorted((a, b) => Number(loses(b)) - Number(loses(a)) || (a < b ? -1 : 1));
}

/** A default rests on its column, and on what it calls; a computed column goes whole with what it is computed from. */
function goesFor(id: string, cause: string, existing: Existing): string[] {
  if (!id.startsWith('default:')) return [id];
  const column = columnOf(id);
  if (column === cause) return [];
  return typeof existing.objects.get(column)?.attributes.generated === 'string' ? [column] : [id];
}

function columnOf(id: string): string {
  return `column:${id.slice('default:'.length)}`;
}

function holderOf(id: string, existing: Existing): string | null {
  return id.startsWith('default:') ? columnOf(id) : (existing.objects.get(id)?.parent ?? null);
}

function loses(id: string): boolean {
  return id.startsWith('table:') || id.startsWith('column:');
}

/** The tables that lose rows or values by it. */
export function losingTables({ along }: TakenAlong): TableName[] {
  return tablesOf((along ?? []).filter(loses));
}

/** The tables and views that it changes or removes: each is locked (ACCESS EXCLUSIVE), as DROP of what belongs to it does. */
export function changedTables({ along }: TakenAlong, existing: Existing): TableName[] {
  return tablesOf((along ?? []).flatMap((id) => (RELATION.test(id) ? [id] : (parentTable(existing.objects.get(id)) ?? []))));
}

const RELATION = /^(?:default|table|view|materialized_view|foreign_table):/;

function parentTable(object: SchemaObject | undefined): string | null {
  return object?.parent?.startsWith('table:') === true ? object.parent : null;
}

function tablesOf(ids: readonly string[]): TableName[] {
  const tables = ids.map((id) => parseObjectId(id.replace(/^default:/, 'column:')).path).map(([schema = '', name = '']) => ({ schema, name }));
  return [...new Map(tables.map((table) => [`${table.schema}\0${table.name}`, table])).values()];
}

/** `column mood of people`, `view sums`. */
export function alongWords(id: string): string {
  const at = id.indexOf(':');
  const kind = id.slice(0, at);
  const path = parseObjectId(`${kind === 'default' ? 'column' : kind}${id.slice(at)}`).path;
  const name = path.at(-1) ?? '';
  const of = path.length > 2 ? ` of ${path.at(-2)}` : '';
  return kind === 'table' || kind === 'column' ? `${kind} ${name}${of} with its ${kind === 'table' ? 'rows' : 'values'}` : `${kind.replaceAll('_', ' ')} ${name}${of}`;
}
