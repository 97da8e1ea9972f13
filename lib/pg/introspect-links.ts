import { ident } from '#lib/pipeline/ddl.ts';
import { kindOf } from '#lib/pipeline/kinds/all.ts';
import { commentKind } from '#lib/pipeline/kinds/comment.ts';
import { extensionTieKind } from '#lib/pipeline/kinds/extension-tie.ts';
import { grantKind } from '#lib/pipeline/kinds/grant.ts';
import { placementKind } from '#lib/pipeline/kinds/placement.ts';
import { NONE, qualifiedId } from '#lib/pipeline/kinds/relation.ts';
import { securityLabelKind } from '#lib/pipeline/kinds/security-label.ts';
import { Shared } from '#lib/pipeline/kinds/shared.ts';
import { defaultId } from '#lib/pipeline/script/side.ts';
import { type Carried, objectId, type SchemaObject } from '#lib/pipeline/snapshot.ts';
import { CATALOGS, type IdentityRow, type Register } from './introspect-register.ts';

export interface DependencyRow {
  classid: number;
  oid: number;
  subid: number;
  refclassid: number;
  refoid: number;
  refsubid: number;
}

/** Of something that is said of an object. */
interface SaidRow {
  classid: number;
  oid: number;
  subid: number;
  column: string | null;
  spoken: string | null;
  of_classid: number | null;
  of_oid: number | null;
  of_subid: number;
}

export interface CommentTextRow extends SaidRow {
  text: string;
}

export interface LabelRow extends Pick<SaidRow, 'classid' | 'oid' | 'subid' | 'column'> {
  provider: string;
  text: string;
}

export interface TieRow extends Pick<SaidRow, 'classid' | 'oid' | 'subid' | 'column'> {
  extension: string;
}

export interface PlaceRow extends Pick<SaidRow, 'classid' | 'oid' | 'subid' | 'column'> {
  tablespace: string;
  usual: string;
}

const NO_PART = { spoken: null, of_classid: null, of_oid: null, of_subid: 0 };

/** Of a table on which something was granted. */
export interface CarriedRow {
  oid: number;
  grants: Carried['grants'];
  column_grants: Carried['columnGrants'];
}

export interface GrantTextRow {
  classid: number;
  oid: number;
  subid: number;
  column: string | null;
  /** As GRANT names what came with an extension or with the server. */
  spoken: string | null;
  owner: string;
  member_of: number | null;
  granted: string[];
  passed_on: string[];
  revoked: string[];
}

/** A row of something that belongs to a relation, which is given by its number. */
export interface BelongingRow {
  oid?: number;
  relation?: number;
  position?: number;
  /** Columns of the relation that it rests on, one for each that it lists. */
  rests_on?: readonly (SchemaObject | undefined)[];
}

/**
 * A row of a column, constraint or index with what the register knows: the relation that it belongs to (`of`), names for the numbers of columns, and of a
 * column its expression, sequence and not-null constraint. null: the relation is nobody's (a member of an extension, Countersign's own).
 */
export function belonging(register: Register, row: BelongingRow & Record<string, unknown>): (BelongingRow & Record<string, unknown>) | null {
  const of = row.relation === undefined ? undefined : register.relation(row.relation);
  if (!of) return null;
  row.of = of;
  if (row.position === undefined) return withColumnNames(register, row);
  const known = register.beforehand(row.relation ?? 0, row.position);
  row.expression = known?.expression ?? null;
  row.sequence = known?.sequence ?? null;
  row.notNull = known?.notNull ?? null;
  return row;
}

/** Columns that constraints and indexes name by number get their names: `column_numbers` of the relation become `columns`; and their ids, of what they rest on. */
function withColumnNames(register: Register, row: BelongingRow & Record<string, unknown>): BelongingRow & Record<string, unknown> {
  const own = row.relation ?? 0;
  const columns = columnsOf(register, own, row.column_numbers);
  if (row.column_numbers !== null || !Array.isArray(row.columns)) row.columns = namesOf(columns);
  if (row.referenced_column_numbers !== undefined) row.referenced_columns = namesOf(columnsOf(register, Number(row.referenced_columns_of), row.referenced_column_numbers));
  // The usual collation is named where the column has another.
  if (typeof row.collations === 'string') row.collated = columns.map((column) => typeof column?.attributes.collation === 'string');
  if (row.on_delete_column_numbers !== undefined) row.on_delete_columns = namesOf(columnsOf(register, own, row.on_delete_column_numbers));
  row.rests_on = columns;
  return row;
}

const LISTS = new Shared<readonly string[]>();

/** One list for all that name the same columns. */
function namesOf(columns: readonly (SchemaObject | undefined)[]): readonly string[] {
  if (columns.length === 0) return NONE;
  const names = columns.map((column) => column?.name ?? '');
  return LISTS.of(names.join('\0'), () => names);
}

function columnsOf(register: Register, relation: number, numbers: unknown): (SchemaObject | undefined)[] {
  return typeof numbers !== 'string' || numbers === '' ? NO_COLUMNS : numbers.split(' ').map((number) => register.column(relation, Number(number)));
}
const NO_COLUMNS: (SchemaObject | undefined)[] = [];

/** Ids of what each object rests on. What is no object of the user (system objects, the toast tables …) is left out. */
export class Dependencies {
  readonly #register: Register;
  readonly #lists: Record<string, string[]> = {};
  #latest: { from: string; list: string[] } = { from: '', list: [] };

  constructor(register: Register) {
    this.#register = register;
  }

  /** What introspect/dependency_list leaves out because it follows from the object's own row: `columns` of its relation, where one that is no object counts as the relation. */
  addOwn(object: SchemaObject, relation: SchemaObject, columns: readonly (SchemaObject | undefined)[]): void {
    for (const column of columns) this.#link(object.id, (column ?? relation).id);
  }

  /** A default rests on its column. */
  addDefault(column: SchemaObject): void {
    this.#link(defaultId(column.id), column.id);
  }

  /** A tie rests on its extension: the object that is tied does so only in that it goes along. plpgsql is in no reading. */
  addTie(tie: SchemaObject): void {
    this.#link(tie.id, objectId('extension', String(tie.attributes.extension)));
  }

  add(row: DependencyRow): void {
    const [from, to] = [this.#register.aliases(row.classid, row.oid), this.#register.aliases(row.refclassid, row.refoid)];
    if (!from && !to) return this.#link(this.#register.idOf(row.classid, row.oid, row.subid), this.#register.idOf(row.refclassid, row.refoid, row.refsubid));
    const ids = (objects: readonly SchemaObject[] | undefined, classid: number, oid: number, subid: number) => objects?.map(({ id }) => id) ?? [this.#register.idOf(classid, oid, subid)];
    const wanted = ids(to, row.refclassid, row.refoid, row.refsubid);
    for (const each of ids(from, row.classid, row.oid, row.subid)) for (const other of wanted) this.#link(each, other);
  }

  #link(from: string | undefined, to: string | undefined): void {
    if (from === undefined || to === undefined || from === to) return;
    // Mostly what one object rests on comes in a row.
    const known = from === this.#latest.from ? this.#latest.list : this.#lists[from];
    if (known && !known.includes(to)) known.push(to);
    const list = known ?? [to];
    if (!known) this.#lists[from] = list;
    this.#latest = { from, list };
  }

  all(): Record<string, string[]> {
    for (const id in this.#lists) {
      const list = this.#lists[id];
      if (list && list.length > 1) list.sort();
    }
    return this.#lists;
  }
}

export function commentsOf(register: Register, rows: readonly CommentTextRow[]): SchemaObject[] {
  return rows.flatMap((row) => addressed(register, row).map((place) => commentKind.fromRow({ ...place, column: row.column, text: row.text })));
}

export function labelsOf(register: Register, rows: readonly LabelRow[]): SchemaObject[] {
  return rows.flatMap((row) => addressed(register, { ...row, ...NO_PART }).map((place) => securityLabelKind.fromRow({ ...place, provider: row.provider, text: row.text })));
}

export function tiesOf(register: Register, rows: readonly TieRow[]): SchemaObject[] {
  return rows.flatMap((row) => addressed(register, { ...row, ...NO_PART }).map((place) => extensionTieKind.fromRow({ ...place, extension: row.extension })));
}

export function placementsOf(register: Register, rows: readonly PlaceRow[]): SchemaObject[] {
  return rows.flatMap((row) => addressed(register, { ...row, ...NO_PART }).map((place) => placementKind.fromRow({ ...place, tablespace: row.tablespace, usual: row.usual })));
}

/** The object that something is said of, and what a statement calls it; empty: it is nobody's (a member of an extension, Countersign's own). */
function addressed(register: Register, row: SaidRow): { target: SchemaObject; on: string }[] {
  const found = register.find(row.classid, row.oid, row.subid) ?? (row.subid > 0 ? register.find(row.classid, row.oid, 0) : undefined);
  const part = found ? null : partOf(register, row);
  const target = found ?? part?.of;
  if (!target) return [];
  return [{ target, on: part?.spoken ?? (row.column !== null ? columnAddress(target, row.column) : kindOf(target.kind).address(target)) }];
}

/** Whose part it is that something is said of, and what a statement calls it (null: by the column): what is no object of its own. */
function partOf(register: Register, row: SaidRow): { of: SchemaObject | undefined; spoken: string | null } {
  const sequence = register.identity(row.oid);
  if (sequence && row.classid === CATALOGS.pg_class) return { of: register.column(sequence.identity_of, sequence.identity_position), spoken: spokenSequence(sequence) };
  if (row.of_classid !== null && row.of_oid !== null) return { of: register.find(row.of_classid, row.of_oid, row.of_subid), spoken: row.spoken };
  const of = row.classid === CATALOGS.pg_class ? register.aliases(row.classid, row.oid)?.[0] : undefined;
  return { of, spoken: of?.kind === 'constraint' ? `INDEX ${ident(of.schema)}.${ident(of.name)}` : null };
}

function spokenSequence({ schema, name }: { schema: string; name: string }): string {
  return `SEQUENCE ${ident(schema)}.${ident(name)}`;
}

export function grantsOf(register: Register, rows: readonly GrantTextRow[]): SchemaObject[] {
  return rows.flatMap((row) => {
    const sequence = row.classid === CATALOGS.pg_class ? register.identity(row.oid) : undefined;
    if (sequence) return grantOnIdentity(register, sequence, row);
    if (row.spoken !== null) return [grantElsewhere(register, row.spoken, row)];
    const relation = register.find(row.classid, row.oid, 0);
    const target = register.find(row.classid, row.oid, row.subid) ?? relation;
    const grantedAs = relation ? kindOf(relation.kind).grantedAs : null;
    if (!relation || !target || grantedAs === null) return [];
    return [grantKind.fromRow({ target: { ...target, aside: { ...target.aside, owner: relation.aside?.owner ?? null } }, on: `${grantedAs} ${grantName(relation)}`, column: row.column, granted: row.granted, passedOn: row.passed_on, revoked: row.revoked })];
  });
}

/** What came with an extension goes with it; what came with the server belongs to nothing that is compared. */
function grantElsewhere(register: Register, on: string, row: GrantTextRow): SchemaObject {
  const extension = row.member_of === null ? undefined : register.find(CATALOGS.pg_extension ?? 0, row.member_of, 0);
  return grantKind.fromRow({ target: extension ? { ...extension, aside: { owner: row.owner } } : null, owner: row.owner, on, column: row.column, granted: row.granted, passedOn: row.passed_on, revoked: row.revoked });
}

/** It comes and goes with the column, and belongs to whom the table belongs to. */
function grantOnIdentity(register: Register, sequence: IdentityRow, row: GrantTextRow): SchemaObject[] {
  const column = register.column(sequence.identity_of, sequence.identity_position);
  const table = register.relation(sequence.identity_of);
  return column && table ? [grantKind.fromRow({ target: { ...column, aside: { owner: table.aside?.owner ?? null } }, on: spokenSequence(sequence), column: null, granted: row.granted, passedOn: row.passed_on, revoked: row.revoked })] : [];
}

function columnAddress(target: SchemaObject, column: string): string {
  return target.kind === 'column' ? kindOf('column').address(target) : `COLUMN ${qualifiedId(target.id)}.${ident(column)}`;
}

/** Names of routines hold their arguments, and are SQL already. */
function grantName(object: SchemaObject): string {
  const address = kindOf(object.kind).address(object);
  const words: Partial<Record<SchemaObject['kind'], string>> = { materialized_view: 'MATERIALIZED VIEW ', foreign_table: 'FOREIGN TABLE ', foreign_data_wrapper: 'FOREIGN DATA WRAPPER ' };
  const word = words[object.kind] ?? address.slice(0, address.indexOf(' ') + 1);
  return address.slice(word.length);
}

/** What is owed to each table besides its schema, by its id. */
/** One for all tables on which nothing was ever granted or said. */
const NOTHING: readonly never[] = [];
const NO_COMMENTS: Readonly<Record<string, string>> = {};

export function carriedOf(register: Register, tables: readonly SchemaObject[], grants: readonly CarriedRow[], comments: readonly CommentTextRow[]): Record<string, Carried> {
  const columnComments = new Map<string, Record<string, string>>();
  const tableComments = new Map<string, string>();
  for (const { classid, oid, subid, column, text } of comments) {
    const table = classid === CATALOGS.pg_class ? register.relation(oid) : undefined;
    if (table?.kind !== 'table') continue;
    if (subid === 0) tableComments.set(table.id, text);
    else if (column !== null) {
      const known = columnComments.get(table.id) ?? {};
      known[column] = text;
      columnComments.set(table.id, known);
    }
  }
  const granted = new Map(grants.map((row) => [register.relation(row.oid)?.id, row]));
  return Object.fromEntries(tables.map((table) => [table.id, {
    owner: String(table.aside?.owner), grants: granted.get(table.id)?.grants ?? NOTHING, comment: tableComments.get(table.id) ?? null,
    columnGrants: granted.get(table.id)?.column_grants ?? NOTHING, columnComments: columnComments.get(table.id) ?? NO_COMMENTS,
  }]));
}
