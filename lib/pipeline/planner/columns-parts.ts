import type { TableName } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import type { IndexSpec } from '../step-kinds/outside.ts';
import { besideTheLive, mentions, type SwappedColumn, withColumn } from './columns-names.ts';
import type { Conversion } from './convert-sql.ts';
import { constraintsOf, indexesOf, list, text, type Workbench } from './input.ts';
import { specOf } from './alter-index.ts';

/** An index or rule of the columns that change places: one on the old column, one on the new, and their names are exchanged with those of the columns. */
export interface SwappedPart {
  object: SchemaObject;
  what: 'index' | 'unique' | 'check';
  name: string;
  fresh: string;
  stale: string;
}

/** Those on the columns as they are (`before`) or will be (`after`). */
export function swappedParts(bench: Pick<Workbench, 'keepSchema'>, one: Conversion, columns: readonly SwappedColumn[], of: 'before' | 'after'): SwappedPart[] {
  const family = of === 'before' ? one.beforeFamily : one.family;
  const on = (object: SchemaObject): boolean => columns.some((column) => list(object, 'columns').includes(column.name) || mentions(textOf(object), column.name));
  const parts = [...indexesOf(family).map((object) => [object, 'index'] as const), ...constraintsOf(family, 'unique').map((object) => [object, 'unique'] as const), ...constraintsOf(family, 'check').map((object) => [object, 'check'] as const)];
  return parts.filter(([object]) => on(object)).map(([object, what]) => ({ object, what, name: object.name, fresh: besideTheLive(bench, 'new', object.name), stale: besideTheLive(bench, 'old', object.name) }));
}

/** What the server says of it behind its name and table. */
export function textOf(object: SchemaObject): string {
  return (object.kind === 'index' ? text(object, 'using') : text(object, 'definition')) ?? '';
}

/** The same of the new columns, while those have their names beside the old ones; null where the text cannot be told apart. */
export function freshText(part: SwappedPart, columns: readonly SwappedColumn[]): string | null {
  return columns.reduce<string | null>((sql, column) => (sql === null ? null : withColumn(sql, column.name, column.fresh)), textOf(part.object));
}

const PLAIN_UNIQUE = /^UNIQUE (\(.*\))$/;

/** The index to build for it: its own, or the one of a unique rule; null for a check, and for a rule that says more than its columns. */
export function freshIndex(part: SwappedPart, columns: readonly SwappedColumn[], table: TableName): IndexSpec | null {
  const sql = freshText(part, columns);
  if (sql === null || part.what === 'check') return null;
  if (part.what === 'index') return { ...specOf(part.object, table), name: part.fresh, using: sql };
  const listed = PLAIN_UNIQUE.exec(sql)?.[1];
  return listed === undefined || listed.includes(') ') ? null : { schema: table.schema, name: part.fresh, table, unique: true, using: `btree ${listed}` };
}
