import type { IdentitySequence } from '#lib/pipeline/kinds/column.ts';
import type { NotNull } from '#lib/pipeline/kinds/not-null.ts';
import type { Kind } from '#lib/pipeline/kinds/kind.ts';
import { defaultId } from '#lib/pipeline/script/side.ts';
import type { SchemaObject } from '#lib/pipeline/snapshot.ts';

/** Oids of the server's own catalogs: part of the source of Postgres, the same in every version. */
export const CATALOGS: Readonly<Record<string, number>> = {
  pg_class: 1259, pg_type: 1247, pg_proc: 1255, pg_constraint: 2606, pg_attrdef: 2604, pg_rewrite: 2618, pg_trigger: 2620, pg_namespace: 2615, pg_extension: 3079,
  pg_operator: 2617, pg_opclass: 2616, pg_opfamily: 2753, pg_cast: 2605, pg_collation: 3456, pg_policy: 3256, pg_statistic_ext: 3381, pg_conversion: 2607, pg_language: 2612,
  pg_ts_config: 3602, pg_ts_dict: 3600, pg_ts_parser: 3601, pg_ts_template: 3764, pg_event_trigger: 3466, pg_foreign_data_wrapper: 2328, pg_foreign_server: 1417,
  pg_user_mapping: 1418, pg_publication: 6104, pg_subscription: 6100, pg_am: 2601, pg_transform: 3576, pg_default_acl: 826,
};
const RELATIONS = 1259;
const TYPES = 1247;
const DEFAULTS = 2604;

export interface DefaultRow {
  oid: number;
  relation: number;
  position: number;
  text: string | null;
}
export interface NotNullRow extends NotNull {
  relation: number;
  position: number;
}
export interface IdentityRow extends IdentitySequence {
  oid: number;
  schema: string;
  identity_of: number;
  identity_position: number;
}
export interface AliasRow {
  classid: number;
  oid: number;
  toclass: number;
  tooid: number;
  /** Of a type: the relation whose rows it describes. */
  relation: number;
}

/** What is known of a column before it is read. */
interface Beforehand {
  hasDefault: boolean;
  expression: string | null;
  sequence: IdentitySequence | null;
  notNull: NotNull | null;
}

/** Which object stands behind a catalog's oid, for the time of one reading, and what was read of an object before it. */
export class Register {
  readonly #objects = new Map<number, Map<number, SchemaObject>>();
  /** Of each relation, by position. */
  readonly #columns = new Map<number, (SchemaObject | undefined)[]>();
  readonly #beforehand = new Map<number, (Beforehand | undefined)[]>();
  readonly #defaults = new Map<number, DefaultRow>();
  readonly #identities = new Map<number, IdentityRow>();
  readonly #aliases = new Map<number, Map<number, readonly SchemaObject[]>>();

  add(kind: Kind, row: { oid?: number }, object: SchemaObject): void {
    if (kind.catalog === null || row.oid === undefined) return;
    const catalog = CATALOGS[kind.catalog];
    if (catalog === undefined) throw new Error(`introspect: the oid of ${kind.catalog} is not known`);
    let known = this.#objects.get(catalog);
    if (!known) this.#objects.set(catalog, (known = new Map()));
    known.set(row.oid, object);
  }

  addColumn(relation: number, position: number, object: SchemaObject): void {
    const known = this.#columns.get(relation);
    if (known) known[position] = object;
    else {
      const list: (SchemaObject | undefined)[] = [];
      list[position] = object;
      this.#columns.set(relation, list);
    }
  }

  addDefault(row: DefaultRow): void {
    this.#defaults.set(row.oid, row);
    const before = this.#before(row.relation, row.position);
    before.expression = row.text;
    before.hasDefault = true;
  }

  addNotNull({ relation, position, name, flags, own }: NotNullRow): void {
    this.#before(relation, position).notNull = { name, flags, own };
  }

  /** All columns are read. */
  forgetBeforehand(): void {
    this.#beforehand.clear();
  }

  hasDefault(relation: number, position: number): boolean {
    return this.#beforehand.get(relation)?.[position]?.hasDefault === true;
  }

  /** A sequence that is a part of its column. */
  addIdentity(row: IdentityRow): void {
    this.#identities.set(row.oid, row);
    this.#before(row.identity_of, row.identity_position).sequence = row;
  }

  /** To be said when all objects are known. An array of a table's rows stands for the table, of a composite type's for the type. */
  addAlias(row: AliasRow): void {
    const relation = row.relation === 0 ? undefined : this.find(RELATIONS, row.relation, 0);
    const type = row.classid === TYPES ? row.tooid : undefined;
    const target = relation ?? this.find(row.toclass, row.tooid, 0);
    if (!target) return;
    this.#alias(row.classid, row.oid, target);
    if (relation && type !== undefined) this.#alias(TYPES, type, relation);
    if (!relation && row.relation !== 0) this.#alias(RELATIONS, row.relation, target);
  }

  /** The index behind a key stands for the key. */
  addIndexOf(index: number, constraint: SchemaObject): void {
    this.#alias(RELATIONS, index, constraint);
  }

  relation(oid: number): SchemaObject | undefined {
    return this.find(RELATIONS, oid, 0);
  }

  column(relation: number, position: number): SchemaObject | undefined {
    return this.#columns.get(relation)?.[position];
  }

  beforehand(relation: number, position: number): Beforehand | undefined {
    return this.#beforehand.get(relation)?.[position];
  }

  identity(oid: number): IdentityRow | undefined {
    return this.#identities.get(oid);
  }

  find(classid: number, oid: number, subid: number): SchemaObject | undefined {
    return subid === 0 ? this.#objects.get(classid)?.get(oid) : classid === RELATIONS ? this.column(oid, subid) : undefined;
  }

  /** What the address stands for; most stand for themselves. */
  aliases(classid: number, oid: number): readonly SchemaObject[] | undefined {
    return this.#aliases.get(classid)?.get(oid);
  }

  /** Its id; a column that is no object counts as its relation. What only stands for others has no id of its own. */
  idOf(classid: number, oid: number, subid: number): string | undefined {
    if (classid === DEFAULTS) {
      const row = this.#defaults.get(oid);
      const column = row && this.column(row.relation, row.position);
      // Of a view, whose columns are no objects, it is the view that rests on it.
      return column ? defaultId(column.id) : row && this.relation(row.relation)?.id;
    }
    return (this.find(classid, oid, subid) ?? this.find(classid, oid, 0))?.id;
  }

  #alias(classid: number, oid: number, target: SchemaObject): void {
    let known = this.#aliases.get(classid);
    if (!known) this.#aliases.set(classid, (known = new Map()));
    known.set(oid, [...(known.get(oid) ?? []), target]);
  }

  #before(relation: number, position: number): Beforehand {
    let list = this.#beforehand.get(relation);
    if (!list) this.#beforehand.set(relation, (list = []));
    return (list[position] ??= { hasDefault: false, expression: null, sequence: null, notNull: null });
  }
}
