import { ident } from './ddl.ts';
import { isSatellite } from './kinds/all.ts';
import { identitySequence } from './kinds/column.ts';
import { textOf } from './kinds/relation.ts';
import { type Names, withNames, withNamesBeforeBody, wordOf } from './moved-names.ts';
import type { Rename } from './rename.ts';
import { type Read, throughReading } from './renamed-reading.ts';
import { defaultId } from './script/side.ts';
import { type Attribute, objectId, parseObjectId, type SchemaObject } from './snapshot.ts';

// What a snapshot says after ALTER … SET SCHEMA, after ALTER SCHEMA … RENAME, and after another name for what is only ever said with its schema.

/** The object has this name, and everything in it or of it has this schema. */
interface Place {
  schema: string;
  name: string;
}

/** The snapshot as it is after the statement: what belongs to the object goes with it, and all texts that the server keeps as trees say where it is. */
export function withMove<S extends Read>(snapshot: S, rename: Rename): S {
  const object = snapshot.objects.find((one) => one.id === rename.from);
  if (!object) return snapshot;
  const move = moveOf(snapshot, object, rename.to);
  const ids = new Map([...snapshot.objects, ...(snapshot.satellites ?? [])].flatMap((one) => { const id = idAfter(one, move); return id === one.id ? [] : [[one.id, id] as const]; }));
  for (const [id, after] of ids) if (id.startsWith('column:')) ids.set(defaultId(id), defaultId(after));
  const moved = (id: string) => ids.get(id) ?? id;
  const after = (one: SchemaObject): SchemaObject => movedIn(one, move, moved);
  return throughReading(snapshot, after, moved);
}

const NONE: Names = () => undefined;

interface Move {
  object: SchemaObject;
  place: Place;
  /** Ids of what has another schema afterwards. */
  going: ReadonlyMap<string, SchemaObject>;
  /** What the texts of an object say: of two routines of one name, only what rests on the one that goes, and not on the other, says where it is. */
  namesIn(id: string): Names;
  /** The same of texts that say nothing but names of types, where members of extensions stand as well. */
  typesIn(id: string): Names;
}

function moveOf({ objects, dependencies = {} }: Read, object: SchemaObject, to: string): Move {
  const { path } = parseObjectId(to);
  const place: Place = { schema: path[0] ?? '', name: path.at(-1) ?? '' };
  const going = goingAlong({ objects }, object);
  const after = namesAfter(going, object, place);
  const inSchema: Names = (schema, name) => (object.kind === 'schema' && schema === ident(object.name) ? `${ident(place.name)}.${name}` : undefined);
  const names: Names = (schema, name, as) => (as.startsWith('::reg') && !/^::reg(class|type|proc|oper)/.test(as) && object.kind !== 'schema' ? undefined : (after.get(`${schema}.${name}`) ?? (OPERATOR.test(name) ? inSchema(schema, name, as) : undefined)));
  const word = wordOf(object.kind, object.name);
  const staying = ROUTINES.has(object.kind) ? objects.filter((one) => one.id !== object.id && ROUTINES.has(one.kind) && one.schema === object.schema && wordOf(one.kind, one.name) === word) : [];
  const rests = (id: string, on: string) => [id, defaultId(id)].some((each) => (dependencies[each] ?? []).includes(on));
  const says = (id: string) => staying.length === 0 || id === object.id || (rests(id, object.id) && !staying.some((one) => one.id === id || rests(id, one.id)));
  return { object, place, going, namesIn: (id) => (says(id) ? names : NONE), typesIn: object.kind === 'schema' ? () => inSchema : (id) => (says(id) ? names : NONE) };
}

/** No column of an alias is called like it. */
const OPERATOR = /^[-+*/<>=~!@#%^&|`?]/;
const ROUTINES: ReadonlySet<string> = new Set(['function', 'procedure', 'aggregate']);

/** Statistics, triggers' functions and partitions stay where they are; a sequence goes with the column that owns it. */
export function goingAlong({ objects }: Read, object: SchemaObject): Map<string, SchemaObject> {
  if (object.kind === 'schema') return new Map(objects.filter((one) => one.schema === object.name && one.kind !== 'schema').map((one) => [one.id, one]));
  const parts = objects.filter((one) => one.parent === object.id && one.kind !== 'statistics');
  const columns = new Set(parts.map(({ id }) => id));
  const owned = objects.filter((one) => one.kind === 'sequence' && columns.has(textOf(one, 'ownedBy') ?? ''));
  return new Map([object, ...parts, ...owned].map((one) => [one.id, one]));
}

/** What nobody says with a schema in front. */
const SAID_ALONE: ReadonlySet<string> = new Set(['column', 'trigger', 'rule', 'policy', 'schema']);

function namesAfter(going: ReadonlyMap<string, SchemaObject>, object: SchemaObject, place: Place): Map<string, string> {
  const names = new Map<string, string>();
  const say = (before: string, word: string, after = word) => names.set(`${ident(before)}.${word}`, `${ident(schemaAfter(object, place))}.${after}`);
  for (const one of going.values()) {
    const word = wordOf(one.kind, one.name);
    if (!SAID_ALONE.has(one.kind)) say(one.schema, word, one.id === object.id ? wordOf(one.kind, place.name) : word);
    else if (one.kind === 'column' && textOf(one, 'identity') !== null) say(one.schema, ident(identitySequence(one)));
    // Of a range that moves alone, the type of its multiranges stays where it is.
    const multirange = object.kind === 'schema' && one.kind === 'range_type' ? multirangeOf(one) : null;
    if (multirange?.schema === object.name) say(object.name, ident(multirange.name));
  }
  return names;
}

/** The type that comes with a range; null: not said. */
export function multirangeOf(range: SchemaObject): Place | null {
  const said = /MULTIRANGE_TYPE_NAME = (.+?)(?:,\n|$)/.exec(String(range.attributes.definition))?.[1];
  const [schema, name] = [...(said ?? '').matchAll(/(?:^|\.)(?:"((?:[^"]|"")*)"|([^".]+))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
  return schema === undefined || name === undefined ? null : { schema, name };
}

/** The snapshot in which a type that is no object of its own stands in another schema. */
export function withTypeMoved<S extends Read>(snapshot: S, { from, to }: Rename): S {
  const [before, after] = [parseObjectId(from), parseObjectId(to)].map(({ path }) => path.map(ident));
  const names: Names = (schema, name) => (schema === before?.[0] && name === before[1] ? after?.join('.') : undefined);
  const say = (value: Attribute): Attribute => (typeof value === 'string' ? withNames(value, names) : Array.isArray(value) ? value.map((text: string) => withNames(text, names)) : value);
  return { ...snapshot, objects: snapshot.objects.map((one) => ({ ...one, attributes: Object.fromEntries(Object.entries(one.attributes).map(([key, value]) => [key, say(value)])) })) };
}

function schemaAfter(object: SchemaObject, place: Place): string {
  return object.kind === 'schema' ? place.name : place.schema;
}

/** Their names are SQL, and hold the types of their arguments. */
const NAME_IS_SQL: ReadonlySet<string> = new Set(['function', 'procedure', 'aggregate', 'operator', 'operator_class', 'operator_family', 'cast', 'transform']);

function nameAfter(one: SchemaObject, { object, place, typesIn }: Move): string {
  if (one.id === object.id) return place.name;
  return NAME_IS_SQL.has(one.kind) ? withNames(one.name, typesIn(one.id)) : one.name;
}

function idAfter(one: SchemaObject, move: Move): string {
  if (isSaid(one)) return objectId(one.kind, onAfter(one, move), ...parseObjectId(one.id).path.slice(1));
  const { kind, path } = parseObjectId(one.id);
  if (one.id === move.object.id) return objectId(one.kind, ...(one.kind === 'schema' ? [] : [move.place.schema]), move.place.name);
  const schema = schemaAfter(move.object, move.place);
  if (kind === 'default_privileges') return inSchema(one, move) ? objectId(one.kind, path[0] ?? '', schema, path[2] ?? '') : one.id;
  const inside = move.going.has(one.id);
  const named = path.map((part, at) => (at === 0 && inside ? schema : at === 1 && inside && one.parent === move.object.id && one.kind !== 'statistics' ? move.place.name : NAME_IS_SQL.has(one.kind) ? withNames(part, move.typesIn(one.id)) : part));
  return objectId(one.kind, ...named);
}

/** A comment, grant, label or tie: it is called after what it is on. */
function isSaid(one: SchemaObject): boolean {
  return isSatellite(one.kind) && one.kind !== 'default_privileges';
}

function inSchema(one: SchemaObject, { object }: Move): boolean {
  return object.kind === 'schema' && one.attributes.inSchema === object.name;
}

/** `COLUMN public.t.mail`, `INDEX public.t_idx`, `SCHEMA sales`: as COMMENT ON and GRANT … ON name it. */
function onAfter(satellite: SchemaObject, { object, place, typesIn }: Move): string {
  const on = String(satellite.attributes.on);
  return object.kind === 'schema' && on === `SCHEMA ${ident(object.name)}` ? `SCHEMA ${ident(place.name)}` : withNames(on, typesIn(textOf(satellite, 'target') ?? ''));
}

function movedIn(one: SchemaObject, move: Move, moved: (id: string) => string): SchemaObject {
  const id = moved(one.id);
  const parent = one.parent === null ? null : moved(one.parent);
  const schema = move.going.has(one.id) || inSchema(one, move) || (one.kind === 'schema' && one.id === move.object.id) ? schemaAfter(move.object, move.place) : one.schema;
  if (isSaid(one)) return satelliteIn(one, move, moved);
  const attributes = Object.fromEntries(Object.entries(one.attributes).map(([key, value]) => [key, attributeIn(one, key, value, move, moved)]));
  return { ...one, id, parent, schema, name: isSatellite(one.kind) ? one.name : nameAfter(one, move), attributes };
}

function satelliteIn(one: SchemaObject, move: Move, moved: (id: string) => string): SchemaObject {
  const on = onAfter(one, move);
  const target = textOf(one, 'target');
  const before = String(one.attributes.on);
  const within = target !== null && (move.going.has(target) || target === move.object.id);
  return { ...one, id: moved(one.id), name: one.name.replace(before, () => on), parent: one.parent === null ? null : moved(one.parent), schema: within ? schemaAfter(move.object, move.place) : one.schema, attributes: { ...one.attributes, on, ...(target === null ? {} : { target: moved(target) }) } };
}

/** Schemas that stand alone, without a name behind them. */
const SCHEMA_NAMES: Readonly<Record<string, string>> = { extension: 'inSchema', publication: 'schemas', default_privileges: 'inSchema' };

const IN_ORDER_OF_NAMES: Readonly<Record<string, string>> = { publication: 'tables', trigger: 'onPartitions' };

function attributeIn(one: SchemaObject, key: string, value: Attribute, move: Move, moved: (id: string) => string): Attribute {
  const { object, place } = move;
  const names = key === 'definition' ? move.namesIn(one.id) : move.typesIn(one.id);
  if (SCHEMA_NAMES[one.kind] === key) return object.kind !== 'schema' ? value : Array.isArray(value) ? value.map((name: string) => (name === object.name ? place.name : name)).toSorted() : value === object.name ? place.name : value;
  if (typeof value === 'string') return key === 'definition' && (one.kind === 'function' || one.kind === 'procedure') ? withNamesBeforeBody(value, names) : said(value, names, moved);
  if (!Array.isArray(value)) return value;
  const after = value.map((text: string) => said(text, names, moved));
  return IN_ORDER_OF_NAMES[one.kind] === key ? after.toSorted() : after;
}

function said(text: string, names: Names, moved: (id: string) => string): string {
  const id = moved(text);
  return id === text ? withNames(text, names) : id;
}

