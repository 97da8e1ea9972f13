import type { TableName } from '../plan.ts';
import { spoken } from './names.ts';

// Assertions by whose labels the report finds its figures again.

export function rowsLabel(table: TableName): string {
  return `rows of ${spoken(table)} after the copy`;
}

export function asideLabel(table: TableName): string {
  return `rows of ${spoken(table)} set aside as orphans`;
}

/** What the proof of a feed says of each of its tables; its value begins with the number of rows. */
export function sameLabel(name: string): string {
  return `${name} is the same on both sides`;
}

export function followsLabel(name: string): string {
  return `triggers that follow ${name}`;
}

/** Of columns that change places inside their table. */
export function fillsLabel(name: string): string {
  return `trigger that keeps both columns of ${name} in step`;
}

/** Of a table that changes places: what it must have under the lock, there and back. */
export function columnsLabel(table: TableName): string {
  return `columns of ${spoken(table)}`;
}

export function isColumnsLabel(label: string): boolean {
  return label.startsWith('columns of ');
}

/** The table of followsLabel and fillsLabel; null: an assertion about something else. */
export function followedName(label: string): string | null {
  return /^(?:triggers that follow|trigger that keeps both columns of) (.+?)(?: in step)?$/.exec(label)?.[1] ?? null;
}
