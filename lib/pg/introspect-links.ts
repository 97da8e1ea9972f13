import { ident } from '#lib/pipeline/ddl.ts';
import { kindOf } from '#lib/pipeline/kinds/all.ts';
import { commentKind } from '#lib/pipeline/kinds/comment.ts';
import { grantKind } from '#lib/pipeline/kinds/grant.ts';
import type { Kind } from '#lib/pipeline/kinds/kind.ts';
import { qualifiedId } from '#lib/pipeline/kinds/relation.ts';
import { defaultId } from '#lib/pipeline/script/side.ts';
import type { SchemaObject } from '#lib/pipeline/snapshot.ts';

/** Oids of the server's own catalogs: part of the source of Postgres, the same in every version. */
const CATALOGS: Readonly<Record<string, number>> = {
  pg_class: 1259, pg_type: 1247, pg_proc: 1255, pg_constraint: 2606, pg_attrdef: 2604, pg_rewrite: 2618, pg_trigger: 2620, pg_namespace: 2615, pg_extension: 3079,
  pg_operator: 2617, pg_opclass: 2616, pg_opfamily: 2753, pg_cast: 2605, pg_collation: 3456, pg_policy: 3256, pg_statistic_ext: 3381, pg_conversion: 2607, pg_language: 2612,
  pg_ts_config: 3602, pg_ts_dict: 3600, pg_ts_parser: 3601, pg_ts_template: 3764, pg_event_trigger: 3466, pg_foreign_data_wrapper: 2328, pg_foreign_server: 1417,
  pg_user_mapping: 1418, pg_publication: 6104, pg_default_acl: 826,
};

export interface AddressedRow {
  oid?: number;
  subid?: number;
}

export interface DependencyRow {
  classid: number;
  oid: number;
  subid: number;
  refclassid: number;
  refoid: number;
  refsubid: number;
}

export interface CommentTextRow {
  classid: number;
  oid: number;
  subid: number;
  text: string;
  column: string | null;
  spoken: string | null;
  of_classid: number | null;
  of_oid: number | null;
  of_subid: number;
}

export interface GrantTextRow {
  classid: number;
  oid: number;
  subid: number;
  column: string | null;
  /** As GRANT names what is no object of its own: the sequence of an identity column, what came with an extension or with the server. */
  spoken: string | null;
  owner: string;
  member_of: number | null;
  of_oid: number | null;
  of_subid: number | null;
  granted: string[];
  passed_on: string[];
  revoked: string[];
}

/** Which object stands behind a catalog's oid, for the time of one reading. */
export class Register {
  readonly #objects = new Map<number, Map<number, SchemaObject>>();
  readonly #defaults = new Map<number, string>();

  add(kind: Kind, row: AddressedRow, object: SchemaObject): void {
    if (kind.catalog === null || row.oid === undefined) return;
    const catalog = CATALOGS[kind.catalog];
    if (catalog === undefined) throw new Error(`introspect: the oid of ${kind.catalog} is not known`);
    let known = this.#objects.get(catalog);
    if (!known) this.#objects.set(catalog, (known = new Map()));
    known.set(key(row.oid, row.subid ?? 0), object);
  }

  addDefault(row: { oid: number; relation: number; position: number }): void {
    const column = this.find(CATALOGS.pg_class ?? 0, row.relation, row.position);
    if (column) this.#defaults.set(row.oid, defaultId(column.id));
  }

  find(classid: number, oid: number, subid: number): SchemaObject | undefined {
    return this.#objects.get(classid)?.get(key(oid, subid));
  }

  /** Its id; a column that is no object counts as its relation. */
  idOf(classid: number, oid: number, subid: number): string | undefined {
    if (classid === CATALOGS.pg_attrdef) return this.#defaults.get(oid);
    return (this.find(classid, oid, subid) ?? this.find(classid, oid, 0))?.id;
  }
}

/** An oid has 32 bits, the number of a column 11: together they are still an exact number. */
function key(oid: number, subid: number): number {
  return oid * 2048 + subid;
}

/** Columns that constraints and indexes name by number get their names: `column_numbers` of the relation `columns_of` become `columns`. */
export function withColumnNames<Row extends Record<string, unknown>>(register: Register, row: Row): Row {
  for (const list of ['columns', 'referenced_columns', 'on_delete_columns']) {
    const numbers = row[`${list.slice(0, -1)}_numbers`];
    if (numbers === undefined || (numbers === null && Array.isArray(row[list]))) continue;
    const relation = row[list === 'referenced_columns' ? 'referenced_columns_of' : 'columns_of'];
    const names = typeof numbers !== 'string' || numbers === '' ? [] : numbers.split(' ').map((number) => register.find(CATALOGS.pg_class ?? 0, Number(relation), Number(number))?.name ?? '');
    Object.assign(row, { [list]: names });
  }
  return row;
}

/** Ids of what each object rests on. What is no object of the user (system objects, the toast tables …) is left out. */
export class Dependencies {
  readonly #register: Register;
  readonly #lists = new Map<string, string[]>();

  constructor(register: Register) {
    this.#register = register;
  }

  add(row: DependencyRow): void {
    const from = this.#register.idOf(row.classid, row.oid, row.subid);
    const to = this.#register.idOf(row.refclassid, row.refoid, row.refsubid);
    if (from === undefined || to === undefined || from === to) return;
    const known = this.#lists.get(from);
    if (!known) this.#lists.set(from, [to]);
    else if (!known.includes(to)) known.push(to);
  }

  all(): Record<string, string[]> {
    for (const list of this.#lists.values()) if (list.length > 1) list.sort();
    return Object.fromEntries(this.#lists);
  }
}

export function commentsOf(register: Register, rows: readonly CommentTextRow[]): SchemaObject[] {
  return rows.flatMap((row) => {
    const found = register.find(row.classid, row.oid, row.subid) ?? (row.subid > 0 ? register.find(row.classid, row.oid, 0) : undefined);
    const owner = row.of_classid !== null && row.of_oid !== null ? register.find(row.of_classid, row.of_oid, row.of_subid) : undefined;
    const target = found ?? owner;
    if (!target) return [];
    const on = !found && row.spoken !== null ? row.spoken : row.column !== null ? columnAddress(target, row.column) : kindOf(target.kind).address(target);
    return [commentKind.fromRow({ target, on, column: row.column, text: row.text })];
  });
}

export function grantsOf(register: Register, rows: readonly GrantTextRow[]): SchemaObject[] {
  return rows.flatMap((row) => {
    if (row.spoken !== null) return row.of_oid === null ? [grantElsewhere(register, row.spoken, row)] : grantOnIdentity(register, row.spoken, row);
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
function grantOnIdentity(register: Register, on: string, row: GrantTextRow): SchemaObject[] {
  const catalog = CATALOGS.pg_class ?? 0;
  const column = register.find(catalog, row.of_oid ?? 0, row.of_subid ?? 0);
  const table = register.find(catalog, row.of_oid ?? 0, 0);
  return column && table ? [grantKind.fromRow({ target: { ...column, aside: { owner: table.aside?.owner ?? null } }, on, column: null, granted: row.granted, passedOn: row.passed_on, revoked: row.revoked })] : [];
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
