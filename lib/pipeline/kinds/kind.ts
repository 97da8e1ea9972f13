import type { Attribute, ObjectKind, SchemaObject } from '../snapshot.ts';

/** Order in which statements that create objects can run, whatever objects there are. */
export const STAGES = ['schema', 'type', 'sequence', 'table', 'attachment', 'ownership', 'key', 'index', 'foreign key', 'setting'] as const;
export type Stage = (typeof STAGES)[number];

export interface CreatingStatement {
  stage: Stage;
  sql: string;
}

export interface AttributeLabel {
  name: string;
  /** For a person: `may be null`. */
  label: string;
  /** Follows from the other attributes and the name; never the only one that differs. */
  derived?: true;
  /** What nearly every object of the kind has here; not worth a person's eye when both sides have it. */
  usual?: Attribute;
}

/** Everything that the general code must know of one kind of object. One file per kind. */
export interface Kind {
  kind: ObjectKind;
  label: { one: string; many: string };
  /** Statement in prisma-free-sql that lists all objects of the kind in one go. */
  query: string;
  /** In the order in which a person reads them. */
  attributes: readonly AttributeLabel[];
  /** One row of `query` as a canonical object. */
  fromRow(row: unknown): SchemaObject;
  /** Statements that create the object; `family` = the objects whose parent it is. Empty when its parent's statements make it. */
  create(object: SchemaObject, family: readonly SchemaObject[]): readonly CreatingStatement[];
}

/** Ties a kind to the row type of its query; the one place where the shape of a catalog row is taken on trust. */
export function defineKind<Row>(definition: Omit<Kind, 'fromRow'> & { fromRow(row: Row): SchemaObject }): Kind {
  return { ...definition, fromRow: (row) => definition.fromRow(row as Row) };
}
