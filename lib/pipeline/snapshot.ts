import { canonicalFlat, digestOf, sha256Joined } from './digest.ts';

/** In the order in which a person reads them; what belongs to a table comes after the tables. */
export const OBJECT_KINDS = [
  'schema', 'extension', 'language', 'access_method', 'base_type', 'enum', 'domain', 'composite_type', 'range_type', 'collation', 'sequence', 'table', 'foreign_table', 'column', 'constraint', 'index', 'statistics',
  'view', 'materialized_view', 'trigger', 'rule', 'policy', 'function', 'procedure', 'aggregate', 'operator', 'operator_family', 'operator_class', 'cast', 'transform', 'conversion',
  'text_search_parser', 'text_search_template', 'text_search_dictionary', 'text_search_configuration',
  'foreign_data_wrapper', 'foreign_server', 'user_mapping', 'event_trigger', 'publication', 'subscription', 'default_privileges', 'grant', 'comment', 'security_label', 'extension_tie', 'placement',
] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

export type Attribute = string | number | boolean | null | readonly string[];

/** One catalog object in canonical form. Columns, constraints and indexes name their table in `parent`. */
export interface SchemaObject {
  /** `kind:schema.name` or `kind:schema.table.name`; see objectId(). */
  id: string;
  kind: ObjectKind;
  schema: string;
  name: string;
  /** ObjectId of the table it belongs to; null for top-level objects. */
  parent: string | null;
  /** Order inside the parent (columns); never compared. */
  position: number | null;
  /** What is compared. A column: type, nullable, default …; a constraint or index: definition … */
  attributes: Readonly<Record<string, Attribute>>;
  /** In no fingerprint, and compared only when asked: owner, version of an extension, what a script must know to do its work. */
  aside?: Readonly<Record<string, Attribute>>;
}

/** Which database this really is; part of what an approval signs. */
export interface TargetIdentity {
  systemIdentifier: string;
  timeline: number;
  databaseOid: number;
  database: string;
  /** server_version_num, for example 150018. */
  serverVersion: number;
  /** In evidence: the role that is to carry the phase out, where the configuration says it. */
  operator?: string;
}

/** Planner statistics for one table: an estimate, never a count. rows is null when the table was never analysed. */
export interface TableEstimate {
  rows: number | null;
  bytes: number;
  analyzedAt: string | null;
}

/** What a table has beside its schema: not compared and in no fingerprint, but owed to a table that takes its place. */
export interface Carried {
  owner: string;
  /** Empty when nothing was ever granted; otherwise the owner's own privileges are among them. `PUBLIC` = everybody. */
  grants: readonly { grantee: string; privilege: string; grantable: boolean }[];
  comment: string | null;
  columnGrants: readonly { column: string; grantee: string; privilege: string; grantable: boolean }[];
  /** By column name. */
  columnComments: Readonly<Record<string, string>>;
}

/** A part of a schema that could not be read or is not said: never compared, and named instead. */
export interface Unread {
  /** Objects of this kind; `owner`: the owners of all objects; `grantor`: who granted a right, not the right itself; `newer`: what one of the servers is too old to have. */
  kind: ObjectKind | 'owner' | 'grantor' | 'newer';
  /** Only the object with this id and what belongs to it; left out: all of the kind. */
  id?: string;
  /** One sentence for a person. */
  why: string;
}

/** Where a snapshot comes from, when it was not read from a database that somebody uses. */
export interface Origin {
  /** What was replayed: `draft.sql`, `migrations (Drizzle, 12 files)`. */
  name: string;
  /** sha256 of the text: the same text need not be replayed again. */
  digest: string;
  /** What was left out on the way: sentences. */
  notes: readonly string[];
  /** The side beneath, where the text only changes what was there. */
  onto?: string;
  /** It was a folder of migrations: what their tool makes by itself is not in it. */
  folder?: boolean;
}

export interface Snapshot {
  target: TargetIdentity;
  /** ISO time of the transaction that read it. */
  takenAt: string;
  objects: readonly SchemaObject[];
  /** By ObjectId of the table. */
  estimates: Readonly<Record<string, TableEstimate>>;
  /** Kinds that exist in the database but that this version does not compare, with their number: named, never dropped in silence. */
  notCompared: readonly { kind: string; count: number }[];
  /** By ObjectId of the table. */
  carried?: Readonly<Record<string, Carried>>;
  /** Comments, grants, default privileges, security labels and ties to extensions: objects of their own, in no fingerprint, compared when asked. */
  satellites?: readonly SchemaObject[];
  /** What each object rests on, by ObjectId, as the server keeps it; the schema of an object and the parent of a child are not repeated. */
  dependencies?: Readonly<Record<string, readonly string[]>>;
  /** Which reading made it: two that differ here may differ in what they look at, and not in what is there. */
  reader?: string;
  unread?: readonly Unread[];
  origin?: Origin;
}

/** The name part of an ObjectId, path by path: the inverse of objectId(). Throws on what objectId() cannot have made. */
export function parseObjectId(id: string): { kind: string; path: string[] } {
  const colon = id.indexOf(':');
  const rest = id.slice(colon + 1);
  const path = [...rest.matchAll(/(?:^|\.)(?:"((?:[^"]|"")*)"|([^".]*))/g)].map((part) => part[1]?.replaceAll('""', '"') ?? part[2] ?? '');
  if (colon < 1 || objectId(id.slice(0, colon) as ObjectKind, ...path) !== id) throw new Error(`parseObjectId: ${JSON.stringify(id)} is no ObjectId`);
  return { kind: id.slice(0, colon), path };
}

/** The address of an object, the same in both databases. Dots and quotes in names are kept readable by quoting the part. */
export function objectId(kind: ObjectKind, ...path: string[]): string {
  // join() gives one text; `${kind}:${…}` would be kept as a tree of its parts, of every object of a large schema.
  const parts = path.map(quotePart);
  parts[0] = `${kind}:${parts[0] ?? ''}`;
  return parts.join('.');
}

/** The same for what stands under an object, of whose id the path is already written. */
export function childId(kind: ObjectKind, parent: string, name: string): string {
  return [kind, parent.slice(parent.indexOf(':')), '.', quotePart(name)].join('');
}

function quotePart(part: string): string {
  return part.includes('.') || part.includes('"') ? `"${part.replaceAll('"', '""')}"` : part;
}

/** Content hash of one object: what it is, not where in the table it stands. */
export function objectFingerprint(object: SchemaObject): string {
  return digestOf({ id: object.id, attributes: printed(object.attributes) });
}

/** Whose NOT NULL is among heirs, and how the server called it: no server before 18 says it, and one text has one fingerprint on all. */
function printed(attributes: SchemaObject['attributes']): SchemaObject['attributes'] {
  if (attributes.notNullOwn === undefined && attributes.notNullCalled === undefined) return attributes;
  const { notNullOwn: _own, notNullCalled: _called, ...rest } = attributes;
  return rest;
}

/** Content hash of a whole snapshot, whatever the order of creation. Row estimates and times are not part of it. */
export function fingerprint(objects: readonly SchemaObject[]): string {
  const sorted = objects.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return sha256Joined(canonicalTexts(sorted));
}

function* canonicalTexts(sorted: readonly SchemaObject[]): Generator<string> {
  // Most columns of a large schema share their attributes with others.
  const said = new Map<SchemaObject['attributes'], string>();
  let before = '[';
  for (const { id, attributes } of sorted) {
    const text = said.get(attributes) ?? canonicalFlat(printed(attributes));
    said.set(attributes, text);
    yield `${before}{"attributes":${text},"id":${JSON.stringify(id)}}`;
    before = ',';
  }
  yield sorted.length === 0 ? '[]' : ']';
}

/**
 * Fingerprints of the named tables with everything that hangs on them (columns, constraints, indexes), and of
 * other named objects. An object that does not exist gets the word `absent`, so that its appearance is a movement too.
 */
export function fingerprintsOf(objects: readonly SchemaObject[], ids: readonly string[]): Record<string, string> {
  const result: Record<string, string> = {};
  for (const id of ids) {
    const family = objects.filter((object) => object.id === id || object.parent === id);
    result[id] = family.length === 0 ? 'absent' : fingerprint(family);
  }
  return result;
}
