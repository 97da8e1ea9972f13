import { OBJECT_KINDS, type ObjectKind } from '../snapshot.ts';
import { columnKind } from './column.ts';
import { constraintKind } from './constraint.ts';
import { enumKind } from './enum.ts';
import type { Kind } from './kind.ts';
import { schemaKind } from './schema.ts';
import { sequenceKind } from './sequence.ts';
import { tableKind } from './table.ts';
import { indexKind } from './table-index.ts';

/** Every kind that is compared: by name, so that a kind without a file does not compile. */
const BY_NAME: Readonly<Record<ObjectKind, Kind>> = {
  schema: schemaKind,
  enum: enumKind,
  sequence: sequenceKind,
  table: tableKind,
  column: columnKind,
  constraint: constraintKind,
  index: indexKind,
};

/** In the order in which a person reads them. */
export const KINDS: readonly Kind[] = OBJECT_KINDS.map((kind) => BY_NAME[kind]);

export function kindOf(kind: ObjectKind): Kind {
  return BY_NAME[kind];
}

/** `table` or `tables`. */
export function kindLabel(kind: ObjectKind, count: number): string {
  return count === 1 ? BY_NAME[kind].label.one : BY_NAME[kind].label.many;
}

/** `may be null` for a column's `nullable`; the name itself for an attribute of a newer version. */
export function attributeLabel(kind: ObjectKind, name: string): string {
  return BY_NAME[kind].attributes.find((attribute) => attribute.name === name)?.label ?? name;
}
