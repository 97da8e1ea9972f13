import { ident } from './ddl.ts';
import { isSatellite } from './kinds/all.ts';
import { bodyOf } from './moved-names.ts';
import { identitySequence } from './kinds/column.ts';
import { namesNotNulls } from './kinds/newer-not-null.ts';
import { keepingNotNull } from './kinds/not-null.ts';
import { canonicalStatistics } from './kinds/statistics.ts';
import { defaultId } from './script/side.ts';
import { type Attribute, objectId, parseObjectId, type SchemaObject } from './snapshot.ts';
import type { Rename } from './rename.ts';
import { columnAfter, escaped, queryAfter, QUOTED } from './renamed-query.ts';
import { type Read, throughReading } from './renamed-reading.ts';
import { heirsOf } from './renamed-heirs.ts';

// What a snapshot says after ALTER … RENAME. Postgres keeps definitions as trees and writes the new name wherever it says them; here there are
// only their texts. Where a text leaves open what a word means, the object comes out as different rather than as equal: a difference too many
// is seen and costs one statement, one too few is never seen.

type Say = (text: string) => string;
interface Words {
  inText: Say;
  alone: Say;
}

/** The snapshot as it is after the statement: the object, its heirs, what belongs to them and what rests on them say the new name, as the server does by itself. */
export function withRename<S extends Read>(snapshot: S, rename: Rename): S {
  return [rename, ...heirsOf(snapshot, rename)].reduce(withOne, snapshot);
}

function withOne<S extends Read>(snapshot: S, rename: Rename): S {
  const object = snapshot.objects.find((one) => one.id === rename.from);
  if (!object) return snapshot;
  const idAfter = idMap(snapshot, object, rename);
  const near = new Set([rename.from, ...idAfter.keys()]);
  const { dependencies = {} } = snapshot;
  const touches = (one: SchemaObject) => near.has(one.id) || one.parent === object.id || (object.parent !== null && (one.parent === object.parent || one.id === object.parent)) || (dependencies[one.id] ?? []).some((id) => near.has(id)) || (dependencies[defaultId(one.id)] ?? []).some((id) => near.has(id));
  const isPart = (one: SchemaObject) => near.has(String(one.attributes.partitionOf));
  const after = (one: SchemaObject): SchemaObject => (touches(one) ? renamedIn(one, object, rename, idAfter, namesNotNulls(snapshot)) : isPart(one) ? { ...one, attributes: { ...one.attributes, partitionOf: idAfter.get(String(one.attributes.partitionOf)) ?? null } } : one);
  const key = (id: string) => idAfter.get(id) ?? (id.startsWith('default:') && idAfter.has(`column:${id.slice(8)}`) ? defaultId(idAfter.get(`column:${id.slice(8)}`) ?? '') : id);
  return throughReading(snapshot, after, key);
}

function renamedIn(one: SchemaObject, object: SchemaObject, rename: Rename, idAfter: ReadonlyMap<string, string>, named: boolean): SchemaObject {
  const name = parseObjectId(rename.to).path.at(-1) ?? '';
  const moved = (id: string) => idAfter.get(id) ?? id;
  const parent = one.parent === null ? null : moved(one.parent);
  if (isSatellite(one.kind)) {
    // What a comment says, and to whom something is granted, is nobody's name.
    const { target, column } = one.attributes;
    const on = onAfter(one, object, name);
    const columnAfter = column === object.name && object.kind === 'column' && idAfter.has(one.id) ? name : column;
    return { ...one, id: moved(one.id), name: typeof columnAfter === 'string' ? `${on} (${columnAfter})` : one.name.replace(String(one.attributes.on), () => on), parent, attributes: { ...one.attributes, on, ...(column === undefined ? {} : { column: columnAfter ?? null }), ...(typeof target === 'string' ? { target: moved(target) } : {}) } };
  }
  // A query does not read itself: what is called like its view is a name of its own.
  const asIs = one.id === rename.from && isRelationOfQuery(one);
  const attributes = asIs ? one.attributes : object.kind !== 'column' ? relationIn(one, object, name, idAfter) : one.kind === 'column' ? attributesOf(one, (value) => said(value, words(object.name, name), idAfter)) : columnIn(one, object, name);
  const after = { ...one, id: moved(one.id), name: one.id === rename.from ? name : isRoutine(one) && idAfter.has(one.id) ? pathAfter(one.name, object, name) : one.name, parent, attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, inOrder(one, key, said(value, SAME, idAfter))])) };
  return one.kind === 'column' ? withOwnNames(one, after, named) : after;
}

/** Tables of a publication are listed by their names. */
function inOrder(one: SchemaObject, key: string, value: Attribute): Attribute {
  return one.kind === 'publication' && key === 'tables' && Array.isArray(value) ? value.toSorted() : value;
}

/** The sequence of an identity column and its not-null constraint keep their names; one that is called as the server would call it is not said. */
function withOwnNames(before: SchemaObject, after: SchemaObject, named: boolean): SchemaObject {
  const column = named ? keepingNotNull(before, after) : after;
  if ((before.attributes.identity ?? null) === null) return column;
  const sequence = identitySequence(before);
  const usual = identitySequence({ ...after, attributes: { identitySequence: null } });
  return { ...column, attributes: { ...column.attributes, identitySequence: sequence === usual ? null : sequence } };
}

/** `COLUMN public.t.mail`, `TABLE public.t`, `INDEX public.t_idx`, `TRIGGER a ON public.t`: only the path of the renamed object itself changes. */
function onAfter(satellite: SchemaObject, object: SchemaObject, name: string): string {
  return pathAfter(String(satellite.attributes.on ?? satellite.name), object, name);
}

/** The relation's new name in what is said of another object. */
function relationIn(one: SchemaObject, object: SchemaObject, name: string, ids: ReadonlyMap<string, string>): Readonly<Record<string, Attribute>> {
  const inQuery: Say = (text) => queryAfter(text, object, name, one.parent === object.id);
  const say = relationWords(object, name);
  const of = (value: Attribute, key: string) => (typeof value !== 'string' || ids.has(value) ? said(value, say, ids) : key === 'definition' && isRoutine(one) ? beforeBody(value, object, name) : saysQuery(one, key) ? inQuery(value) : said(value, say, ids));
  return Object.fromEntries(Object.entries(one.attributes).map(([key, value]) => [key, of(value, key)]));
}

/** What reads relations of its own. In all else names that stand alone are columns; the relation is said with its schema, or as a whole row (`t.*`). */
function saysQuery(one: SchemaObject, key: string): boolean {
  return one.kind === 'policy' || (isRelationOfQuery(one) && key === 'definition');
}

function relationWords(object: SchemaObject, name: string): Words {
  const row = new RegExp(`^${escaped(ident(object.name))}(?=\\.\\*)`);
  const tokens = new RegExp(`'(?:[^']|'')*'(?!::regclass)|(?<![\\w"$.])(?:[a-z_][\\w$]*|${QUOTED})(?:\\.(?:[a-z_*][\\w$]*|${QUOTED}))*`, 'g');
  const inText: Say = (text) => text.replaceAll(tokens, (token) => (token.startsWith("'") ? token : pathAfter(token.replace(row, () => ident(name)), object, name)));
  return { inText, alone: inText };
}

const ROUTINES: ReadonlySet<string> = new Set(['function', 'procedure', 'aggregate']);

/** Its name holds the types of its arguments, and rows of a relation are a type. */
function isRoutine(one: SchemaObject): boolean {
  return ROUTINES.has(one.kind);
}

/** The body of a routine is a text that says the old name, unless the server keeps it as a tree. */
function beforeBody(definition: string, object: SchemaObject, name: string): string {
  const body = bodyOf(definition);
  return body === '' ? queryAfter(definition, object, name, false) : pathAfter(definition.slice(0, definition.length - body.length), object, name) + body;
}

function pathAfter(text: string, object: SchemaObject, name: string): string {
  const path = parseObjectId(object.id).path.map(ident).join('.');
  const after = [...parseObjectId(object.id).path.slice(0, -1), name].map(ident).join('.');
  return text.replaceAll(new RegExp(`(?<![\\w"$.])${escaped(path)}(?![\\w"$])`, 'g'), () => after);
}

function attributesOf(one: SchemaObject, of: (value: Attribute) => Attribute): Readonly<Record<string, Attribute>> {
  // Names of a view's columns are its own.
  return Object.fromEntries(Object.entries(one.attributes).map(([key, value]) => [key, isRelationOfQuery(one) && key !== 'definition' ? value : of(value)]));
}

/** A column's new name in what stands beside or over its table: there the same word may be another table's column, or an output of a query. */
function columnIn(one: SchemaObject, column: SchemaObject, name: string): Readonly<Record<string, Attribute>> {
  const say = words(column.name, name);
  const own = one.parent === column.parent;
  if (one.kind === 'table' || one.kind === 'foreign_table') return one.id === column.parent ? { ...one.attributes, ...(one.kind === 'table' ? { partitionKey: each(one.attributes.partitionKey, say) } : {}) } : one.attributes;
  if (one.attributes.type === 'foreign key') {
    const itself = one.attributes.references === column.parent;
    const [from, to] = [own ? say : SAME, itself ? say : SAME];
    const definition = String(one.attributes.definition);
    const at = definition.indexOf(' REFERENCES ');
    return { ...one.attributes, definition: from.inText(definition.slice(0, at)) + referenced(definition.slice(at), to), columns: each(one.attributes.columns, from), referencedColumns: each(one.attributes.referencedColumns, to), onDeleteColumns: each(one.attributes.onDeleteColumns, from) };
  }
  // Its columns are read in the order of their names.
  if (one.kind === 'statistics') return attributesOf(one, (value) => (typeof value === 'string' ? canonicalStatistics(say.inText(value)) : value));
  return attributesOf(one, isRelationOfQuery(one) ? (value) => (typeof value === 'string' ? columnAfter(value, column, name) : value) : (value) => said(value, say, new Map()));
}

/** The columns stand in the brackets behind the table, which keeps its name. `ON DELETE SET NULL (…)` names the referring side again. */
function referenced(text: string, say: Words): string {
  return text.replace(/\([^)]*\)/, (columns) => say.inText(columns));
}

function isRelationOfQuery(one: SchemaObject): boolean {
  return one.kind === 'view' || one.kind === 'materialized_view' || one.kind === 'rule';
}

/** Old ids to new ones: of the object, of what belongs to it, and of the comments and grants that name it. */
function idMap(snapshot: Read, object: SchemaObject, rename: Rename): Map<string, string> {
  const name = parseObjectId(rename.to).path.at(-1) ?? '';
  const ids = new Map([[rename.from, rename.to]]);
  if (object.kind !== 'column') for (const child of snapshot.objects) if (child.parent === object.id && parseObjectId(child.id).path.length === 3) ids.set(child.id, objectId(child.kind, child.schema, name, parseObjectId(child.id).path[2] ?? ''));
  if (object.kind !== 'column') {
    for (const one of snapshot.objects) {
      const of = isRoutine(one) ? pathAfter(one.name, object, name) : one.name;
      if (of !== one.name) ids.set(one.id, objectId(one.kind, one.schema, of));
    }
  }
  for (const satellite of snapshot.satellites ?? []) {
    const { target, column } = satellite.attributes;
    if (typeof target !== 'string' || !ids.has(target)) continue;
    const [, ...rest] = parseObjectId(satellite.id).path;
    ids.set(satellite.id, objectId(satellite.kind, onAfter(satellite, object, name), ...(column === object.name && object.kind === 'column' ? [name] : rest)));
  }
  return ids;
}

/** Replaces a name where it stands alone, as the server writes it; never inside a string. Lists and paths hold names without quotes. */
export function words(before: string, after: string): Words {
  const pattern = new RegExp(`('(?:[^']|'')*')|(?<![\\w"$])${escaped(ident(before))}(?![\\w"$])`, 'g');
  const inText: Say = (text) => text.replaceAll(pattern, (_, literal: string | undefined) => literal ?? ident(after));
  return { inText, alone: (text) => (text === before ? after : inText(text)) };
}

function said(value: Attribute, say: Words, ids: ReadonlyMap<string, string>): Attribute {
  return each(value, { inText: (text) => ids.get(text) ?? say.inText(text), alone: (text) => ids.get(text) ?? say.alone(text) });
}

function each(value: Attribute | undefined, say: Words): Attribute {
  if (typeof value === 'string') return say.inText(value);
  return Array.isArray(value) ? value.map(say.alone) : (value ?? null);
}

const SAME: Words = { inText: (text) => text, alone: (text) => text };
