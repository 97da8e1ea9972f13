import type { TableName } from '../plan.ts';
import { spoken } from './names.ts';

// Assertions by whose labels the report finds its figures again.

export function rowsLabel(table: TableName): string {
  return `rows of ${spoken(table)} after the copy`;
}

export function asideLabel(table: TableName): string {
  return `rows of ${spoken(table)} set aside as orphans`;
}
