import { ident } from '../ddl.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { defineKind } from './kind.ts';
import { textOf } from './relation.ts';

export interface PlacementRow {
  /** The table, materialized view or index; the constraint whose index it is. */
  target: SchemaObject;
  /** As ALTER names it. */
  on: string;
  tablespace: string;
  /** Where the database keeps what is not placed. */
  usual: string;
}

/**
 * In which tablespace something stands that is not where its database keeps the rest. Tablespaces belong to a server, and their names seldom mean the same on two of them: an object
 * beside the schema, in no fingerprint, which what is new on one side does not bring along unless that is asked for (`comesUnplaced`).
 */
export const placementKind = defineKind<PlacementRow>({
  kind: 'placement',
  label: { one: 'tablespace', many: 'tablespaces' },
  query: 'introspect/placement_list',
  attributes: [{ name: 'tablespace', label: 'tablespace', remedy: 'altered' }, { name: 'on', label: 'of', derived: true }, { name: 'target', label: 'object', derived: true }],
  aside: ['usual'],
  fromRow: ({ target, on, tablespace, usual }) => ({ id: objectId('placement', on), kind: 'placement', schema: target.schema, name: on, parent: target.parent ?? target.id, position: null, attributes: { tablespace, on, target: target.id }, aside: { usual } }),
  address: (object) => String(object.attributes.on),
  create: (object) => [{ stage: 'setting', sql: place(object, textOf(object, 'tablespace')) }],
  drop: (object) => [place(object, usualPlace(object))],
  alter: ({ desired }) => [place(desired, textOf(desired, 'tablespace'))],
  leader: (object) => textOf(object, 'target'),
});

/** Lock: ACCESS EXCLUSIVE on the table, materialized view or index, whose file is copied; of what is partitioned it is a word for what comes later. In a transaction. */
function place(object: SchemaObject, tablespace: string | null): string {
  return `ALTER ${placementKind.address(object)} SET TABLESPACE ${ident(tablespace ?? 'pg_default')}`;
}

function usualPlace(object: SchemaObject): string | null {
  return typeof object.aside?.usual === 'string' ? object.aside.usual : null;
}

/** The tablespace that a statement about the placement names; `gone`: of one that is taken back. */
export function placeNamed(object: SchemaObject, gone: boolean): string {
  return (gone ? usualPlace(object) : textOf(object, 'tablespace')) ?? 'pg_default';
}

interface Side {
  objects: readonly SchemaObject[];
  satellites?: readonly SchemaObject[];
}

/** The desired side as one compares it: what is new comes where the other database keeps its own, because the tablespace that it has elsewhere may not exist there. */
export function comesUnplaced<S extends Side>(current: Side, desired: S): S {
  if (desired.satellites?.some(({ kind }) => kind === 'placement') !== true) return desired;
  const here = new Set(current.objects.map(({ id }) => id));
  return { ...desired, satellites: desired.satellites.filter((object) => object.kind !== 'placement' || here.has(textOf(object, 'target') ?? '')) };
}
