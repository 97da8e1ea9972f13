import { ident } from '../ddl.ts';

// A key of any number of columns travels between two batches as one text: a JSON array of the columns' texts.

/** The key of the row `alias` as text. */
export function keyText(alias: string, key: readonly string[]): string {
  return `jsonb_build_array(${key.map((column) => `${alias}.${ident(column)}::text`).join(', ')})::text`;
}

/** The row comes behind the key in `parameter`; true when there is none. In the order of the columns' own collations, as ORDER BY has it. */
export function keyAfter(alias: string, key: readonly string[], types: readonly string[], parameter: string): string {
  return compared(alias, key, types, parameter, '>');
}

/** The row comes not behind the key in `parameter`; true when there is none. */
export function keyAtMost(alias: string, key: readonly string[], types: readonly string[], parameter: string): string {
  return compared(alias, key, types, parameter, '<=');
}

function compared(alias: string, key: readonly string[], types: readonly string[], parameter: string, operator: string): string {
  const row = key.map((column) => `${alias}.${ident(column)}`).join(', ');
  const values = key.map((_, i) => `(${parameter}::text::jsonb ->> ${i})::${types[i] ?? 'text'}`).join(', ');
  return `(${parameter}::text IS NULL OR (${row}) ${operator} (${values}))`;
}
