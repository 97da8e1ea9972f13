import { ident, literal, qualified } from './ddl.ts';
import { isSatellite } from './kinds/all.ts';
import { identitySequence } from './kinds/column.ts';
import { namesNotNulls } from './kinds/newer-not-null.ts';
import { callingNotNull, notNullCalled } from './kinds/not-null.ts';
import { listOf, textOf } from './kinds/relation.ts';
import { multirangeOf, withTypeMoved } from './moved.ts';
import type { Rename } from './rename.ts';
import { namesOf } from './script/names.ts';
import { objectId, parseObjectId, type SchemaObject, type Snapshot } from './snapshot.ts';

// A table or column that is renamed keeps the names of its keys, checks, indexes and sequences. Where the other side has the same ones under names
// of their own, these follow the rename that a person took: nothing but a name differs, and dropping them would build an index anew, or take a key away.

type Read = Pick<Snapshot, 'objects'> & Partial<Pick<Snapshot, 'satellites' | 'dependencies' | 'target'>>;

/** What a script can give another value in place, so that the two are one all the same; and what says the name itself. */
const NOT_SHAPE: ReadonlySet<string> = new Set(['clustered', 'indexOptions', 'columnSettings', 'partitionOf', 'validated', 'valid']);

/**
 * Keys, checks, indexes and sequences that belong to what was renamed, and are on the other side under another name: each pair has one shape and
 * is either called after the old and the new name, or the only one of its shape. What another object is called already is left out.
 * @param renamed the current side after all renames that people took.
 */
export function partsOf(renamed: Read, desired: Read, rename: Rename): Rename[] {
  const [before, after] = [lastOf(rename.from), lastOf(rename.to)];
  const there = (side: Read) => new Set(side.objects.map((object) => object.id));
  const [here, wanted] = [there(renamed), there(desired)];
  const going = partsUnder(renamed, rename).filter((part) => !wanted.has(part.id));
  const coming = Map.groupBy(partsUnder(desired, rename).filter((part) => !here.has(part.id)), shapeOf);
  const rivals = Map.groupBy(going, shapeOf);
  const held = new Set(renamed.objects.flatMap(namesOf));
  const pairs = going.flatMap((part): Rename[] => {
    const candidates = coming.get(shapeOf(part)) ?? [];
    const called = candidates.find((other) => other.name === part.name.replaceAll(before, after));
    const only = candidates.length === 1 && rivals.get(shapeOf(part))?.length === 1 ? candidates[0] : undefined;
    const other = called ?? only;
    return other === undefined || namesOf(other).some((name) => held.has(name)) ? [] : [{ from: part.id, to: other.id }];
  });
  return [...pairs, ...identities(renamed, desired, rename, held), ...notNulls(renamed, desired, rename), ...multirange(renamed, desired, rename)];
}

/** Tables of a schema that was renamed, of which a part is on one side alone or numbers come from a sequence of another name: what belongs to them may be called otherwise. */
export function tablesWithin(renamed: Read, desired: Read, { to }: Rename): Rename[] {
  if (!to.startsWith('schema:')) return [];
  const wanted = new Map(desired.objects.map((object) => [object.id, object]));
  const within = renamed.objects.filter((object) => object.schema === lastOf(to));
  const numbered = within.filter((column) => textOf(column, 'identity') !== null && wanted.has(column.id) && textOf(column, 'identitySequence') !== textOf(wanted.get(column.id) ?? column, 'identitySequence'));
  const alone = [...numbered, ...within.filter((object) => PARTS.has(object.kind) && !wanted.has(object.id))];
  const owners = alone.flatMap((part) => (part.kind === 'sequence' ? tableOfColumn(textOf(part, 'ownedBy')) : (part.parent ?? [])));
  return [...new Set(owners)].filter((id) => wanted.has(id)).map((id) => ({ from: id, to: id }));
}

const PARTS: ReadonlySet<string> = new Set(['index', 'constraint', 'sequence']);

function tableOfColumn(column: string | null): string[] {
  return column === null ? [] : [objectId('table', ...parseObjectId(column).path.slice(0, 2))];
}

/** A range that moves leaves the type of its multiranges behind. */
function multirange(renamed: Read, desired: Read, { to }: Rename): Rename[] {
  if (!to.startsWith('range_type:')) return [];
  const [before, after] = [renamed, desired].map((side) => side.objects.find(({ id }) => id === to)).map((range) => (range ? multirangeOf(range) : null));
  return before && after && before.name === after.name && before.schema !== after.schema ? [{ from: objectId('range_type', before.schema, before.name), to: objectId('range_type', after.schema, after.name) }] : [];
}

/** The sequence of an identity column is no object of its own. */
function identities(renamed: Read, desired: Read, rename: Rename, held: ReadonlySet<string>): Rename[] {
  const twins = new Map(desired.objects.filter((object) => isIdentityOf(object, rename)).map((object) => [object.id, object]));
  return renamed.objects.flatMap((column) => {
    const twin = isIdentityOf(column, rename) ? twins.get(column.id) : undefined;
    if (!twin || identitySequence(column) === identitySequence(twin) || held.has(`relation ${JSON.stringify([column.schema, identitySequence(twin)])}`)) return [];
    return [{ from: objectId('sequence', column.schema, identitySequence(column)), to: objectId('sequence', column.schema, identitySequence(twin)) }];
  });
}

function isIdentityOf(object: SchemaObject, rename: Rename): boolean {
  return object.kind === 'column' && textOf(object, 'identity') !== null && (object.id === rename.to || object.parent === rename.to);
}

/** Nor is what Postgres 18 keeps of NOT NULL. Heirs and partitions have it from their parents, by the name that it has there. */
function notNulls(renamed: Read, desired: Read, { to }: Rename): Rename[] {
  if (!namesNotNulls(renamed) || !namesNotNulls(desired)) return [];
  const named = (side: Read) => side.objects.filter((one) => one.kind === 'column' && one.attributes.nullable === false && one.attributes.inherited !== true && (one.id === to || one.parent === to) && !isInherited(side, one));
  const twins = new Map(named(desired).map((column) => [column.id, column]));
  return named(renamed).flatMap((column) => {
    const twin = twins.get(column.id);
    const [before, after] = [notNullCalled(column), twin ? notNullCalled(twin) : ''];
    const of = (name: string) => objectId('constraint', ...parseObjectId(column.parent ?? '').path, name);
    return twin === undefined || before === after || named(renamed).some((other) => notNullCalled(other) === after) ? [] : [{ from: of(before), to: of(after) }];
  });
}

/** There are heirs or partitions of its table. */
function isInherited(side: Read, part: SchemaObject): boolean {
  return side.objects.some((table) => textOf(table, 'partitionOf') === part.parent || listOf(table, 'inherits').includes(part.parent ?? ''));
}

function partsUnder(side: Read, { to }: Rename): SchemaObject[] {
  const ofColumn = to.startsWith('column:');
  const table = ofColumn ? objectId('table', ...parseObjectId(to).path.slice(0, 2)) : to;
  const uses = (object: SchemaObject) => !ofColumn || listOf(object, 'columns').includes(lastOf(to)) || (side.dependencies?.[object.id] ?? []).includes(to);
  const owned = (object: SchemaObject) => {
    const column = textOf(object, 'ownedBy');
    return column !== null && (column === to || (!ofColumn && parseObjectId(column).path.slice(0, 2).join('\0') === parseObjectId(table).path.join('\0')));
  };
  return side.objects.filter((object) => (object.kind === 'sequence' ? owned(object) : object.parent === table && (object.kind === 'index' || (object.kind === 'constraint' && !isOfAFamily(side, object))) && uses(object)));
}

/** A check that heirs share has one name in all of them. */
function isOfAFamily(side: Read, constraint: SchemaObject): boolean {
  if (textOf(constraint, 'type') !== 'check') return false;
  return constraint.attributes.inherited === true || isInherited(side, constraint);
}

function shapeOf(part: SchemaObject): string {
  if (part.kind === 'sequence') return JSON.stringify([part.kind, textOf(part, 'ownedBy')]);
  const { definition, ...rest } = part.attributes;
  return JSON.stringify([part.kind, part.kind === 'index' ? null : String(definition).replace(/ NOT VALID$/, ''), Object.entries(rest).filter(([name]) => !NOT_SHAPE.has(name)).sort()]);
}

/** The snapshot as it is after the statement of partStatements(). */
export function withPart<S extends Read>(snapshot: S, part: Rename): S {
  const { kind, path } = parseObjectId(part.from);
  if (kind === 'range_type') return withTypeMoved(snapshot, part);
  const [schema = ''] = path;
  const [before, after] = [lastOf(part.from), lastOf(part.to)];
  const spoken = spokenOf(kind, path, after);
  const regclass = [before, after].map((name) => `${literal(qualified({ schema, name }))}::regclass`);
  const moved = (id: string) => (id === part.from ? part.to : (ids.get(id) ?? id));
  const ids = new Map((snapshot.satellites ?? []).flatMap((one) => { const on = spoken.get(String(one.attributes.on)); return on === undefined ? [] : [[one.id, objectId(one.kind, on, ...parseObjectId(one.id).path.slice(1))] as const]; }));
  const object = (one: SchemaObject): SchemaObject => {
    if (one.id === part.from) return { ...one, id: part.to, name: after, attributes: { ...one.attributes, ...(one.kind === 'index' ? { definition: String(one.attributes.definition).replace(` INDEX ${ident(before)} ON `, () => ` INDEX ${ident(after)} ON `) } : {}) } };
    if (kind === 'sequence') return one.kind === 'column' && one.schema === schema && textOf(one, 'identity') !== null && identitySequence(one) === before ? { ...one, attributes: { ...one.attributes, identitySequence: after === identitySequence({ ...one, attributes: { ...one.attributes, identitySequence: null } }) ? null : after } } : saying(one, regclass);
    if (kind === 'constraint' && one.kind === 'column' && one.attributes.nullable === false && one.parent === objectId('table', schema, path[1] ?? '') && notNullCalled(one) === before) return callingNotNull(one, after);
    if (one.attributes.partitionOf === part.from) return { ...one, attributes: { ...one.attributes, partitionOf: part.to } };
    return one.kind === 'table' && one.schema === schema && one.name === path[1] && one.attributes.replicaIdentityIndex === before ? { ...one, attributes: { ...one.attributes, replicaIdentityIndex: after } } : one;
  };
  const satellite = (one: SchemaObject): SchemaObject => {
    const on = spoken.get(String(one.attributes.on)) ?? String(one.attributes.on);
    const target = textOf(one, 'target');
    return ids.has(one.id) || target === part.from ? { ...one, id: moved(one.id), name: one.name.replace(String(one.attributes.on), () => on), parent: one.parent === null ? null : moved(one.parent), attributes: { ...one.attributes, on, target: target === null ? null : moved(target) } } : one;
  };
  return {
    ...snapshot,
    objects: snapshot.objects.map(object),
    ...(snapshot.satellites ? { satellites: snapshot.satellites.map((one) => (isSatellite(one.kind) ? satellite(one) : one)) } : {}),
    ...(snapshot.dependencies ? { dependencies: Object.fromEntries(Object.entries(snapshot.dependencies).map(([id, list]) => [moved(id), list.some((each) => each === part.from) ? list.map(moved) : list])) } : {}),
  };
}

/** How comments and grants speak of it, before and after; the index behind a key has the key's name. */
function spokenOf(kind: string, [schema = '', table = '', name = '']: readonly string[], after: string): Map<string, string> {
  const relation = (word: string, before: string) => [`${word} ${qualified({ schema, name: before })}`, `${word} ${qualified({ schema, name: after })}`] as const;
  if (kind === 'sequence') return new Map([relation('SEQUENCE', table)]);
  return new Map([relation('INDEX', name), ...(kind === 'constraint' ? [[`CONSTRAINT ${ident(name)} ON ${qualified({ schema, name: table })}`, `CONSTRAINT ${ident(after)} ON ${qualified({ schema, name: table })}`] as const] : [])]);
}

const BODIES: ReadonlySet<string> = new Set(['function', 'procedure']);

/** Expressions hold the sequence itself and say its name; bodies of functions are texts. */
function saying(one: SchemaObject, [before = '', after = '']: readonly string[]): SchemaObject {
  if (BODIES.has(one.kind) || !Object.values(one.attributes).some((value) => typeof value === 'string' && value.includes(before))) return one;
  return { ...one, attributes: Object.fromEntries(Object.entries(one.attributes).map(([key, value]) => [key, typeof value === 'string' ? value.replaceAll(before, () => after) : value])) };
}

/** The statement, and the one that takes it back; of a constraint under the new name of its table. */
export function partStatements({ from, to }: Rename): { forward: string; back: string } {
  const { kind, path } = parseObjectId(from);
  const [schema = '', table = ''] = path;
  if (kind === 'range_type') return typeStatements(path, parseObjectId(to).path);
  const rename = (before: string, after: string) =>
    kind === 'constraint' ? `ALTER TABLE ${qualified({ schema, name: table })} RENAME CONSTRAINT ${ident(before)} TO ${ident(after)}` : `ALTER ${kind === 'index' ? 'INDEX' : 'SEQUENCE'} ${qualified({ schema, name: before })} RENAME TO ${ident(after)}`;
  return { forward: rename(lastOf(from), lastOf(to)), back: rename(lastOf(to), lastOf(from)) };
}

function typeStatements([schema = '', name = '']: readonly string[], [moved = '']: readonly string[]): { forward: string; back: string } {
  const move = (from: string, to: string) => `ALTER TYPE ${qualified({ schema: from, name })} SET SCHEMA ${ident(to)}`;
  return { forward: move(schema, moved), back: move(moved, schema) };
}

function lastOf(id: string): string {
  return parseObjectId(id).path.at(-1) ?? '';
}
