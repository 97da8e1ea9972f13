import { ident } from '../ddl.ts';
import type { Attribute, ObjectKind, SchemaObject } from '../snapshot.ts';

/** Order in which statements that create objects can run, whatever objects there are. */
export const STAGES = [
  'schema', 'language', 'extension', 'type', 'function', 'operator', 'text search', 'foreign', 'sequence', 'table', 'heir', 'attachment', 'ownership',
  'key', 'index', 'view', 'foreign key', 'rule', 'trigger', 'policy', 'publication', 'setting', 'privilege', 'comment',
] as const;
export type Stage = (typeof STAGES)[number];

export interface CreatingStatement {
  stage: Stage;
  sql: string;
}

/**
 * How a script gives an object another value of an attribute: `altered` in place; `recreated` with the object, and with what rests on it;
 * `refused` by name, because no statement does it without harm; `follows` from other attributes or from the parent table.
 */
export type Remedy = 'altered' | 'recreated' | 'refused' | 'follows';

export interface AttributeLabel {
  name: string;
  /** For a person: `may be null`. */
  label: string;
  /** Follows from the other attributes and the name; never the only one that differs. */
  derived?: true;
  /** What nearly every object of the kind has here; not worth a person's eye when both sides have it. */
  usual?: Attribute;
  /** Default: `follows` when derived, else `recreated`. */
  remedy?: Remedy;
}

/** Two versions of one object and the names of the attributes that differ. */
export interface Change {
  current: SchemaObject;
  desired: SchemaObject;
  names: ReadonlySet<string>;
}

/** Everything that the general code must know of one kind of object. One file per kind. */
export interface Kind {
  kind: ObjectKind;
  label: { one: string; many: string };
  /** Statement in prisma-free-sql that lists all objects of the kind in one go. Rows with `oid` (and `subid`) can be found as something's dependency. */
  query: string;
  /** Catalog that `oid` is of; null when nothing can depend on an object of the kind. */
  catalog: string | null;
  /** In the order in which a person reads them. */
  attributes: readonly AttributeLabel[];
  /** What is kept beside the object and compared only when asked: owner, version of an extension. */
  aside: readonly string[];
  /** Rows are lost with it: never dropped and created again on the way to something else. */
  holdsData: boolean;
  /** What GRANT calls it; null when nothing is granted on it. */
  grantedAs: string | null;
  /** One row of `query` as a canonical object. */
  fromRow(row: unknown): SchemaObject;
  /** Statements that create the object; `family` = the objects whose parent it is. Empty when its parent's statements make it. */
  create(object: SchemaObject, family: readonly SchemaObject[]): readonly CreatingStatement[];
  /** As DROP, COMMENT ON and ALTER … OWNER TO name it: `TABLE public.t`, `TRIGGER x ON public.t`. */
  address(object: SchemaObject): string;
  drop(object: SchemaObject): readonly string[];
  /** Statements for the attributes whose remedy is `altered`. null: for this pair of values there is no statement, the object is recreated. */
  alter(change: Change): readonly string[] | null;
  /** Whether what rests on the object must be out of the way while it is altered. */
  disturbs(change: Change): boolean;
  /** Id of the object that it comes and goes with, in statements of that object; null when it stands alone. */
  leader(object: SchemaObject): string | null;
}

type Defaulted = 'catalog' | 'aside' | 'holdsData' | 'grantedAs' | 'address' | 'drop' | 'alter' | 'disturbs' | 'leader';

/** Ties a kind to the row type of its query; the one place where the shape of a catalog row is taken on trust. */
export function defineKind<Row>(definition: Omit<Kind, 'fromRow' | Defaulted> & Partial<Pick<Kind, Defaulted>> & { fromRow(row: Row): SchemaObject }): Kind {
  const address = definition.address ?? ((object) => `${object.kind.toUpperCase().replaceAll('_', ' ')} ${ident(object.schema)}.${ident(object.name)}`);
  return {
    catalog: null,
    aside: [],
    holdsData: false,
    grantedAs: null,
    address,
    drop: (object) => [`DROP ${address(object)}`],
    alter: () => null,
    disturbs: () => false,
    leader: () => null,
    ...definition,
    fromRow: definition.fromRow as Kind['fromRow'],
  };
}

/** The remedy of an attribute; one that the kind does not declare is an error of the kind, not of the data. */
export function remedyOf(kind: Kind, attribute: string): Remedy {
  const declared = kind.attributes.find((each) => each.name === attribute);
  if (!declared) throw new Error(`${kind.kind} does not declare its attribute ${attribute}`);
  return declared.remedy ?? (declared.derived ? 'follows' : 'recreated');
}
