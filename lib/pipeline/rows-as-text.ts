/** A row of a table as its columns are written. Without ROW the server asks a cast that somebody defined for the type of the table, or for that of a column, and that may say anything. */
export function rowAsText(alias: string, columns: readonly string[] = ['*']): string {
  return `ROW(${columns.map((column) => `${alias}.${column}`).join(', ')})::text`;
}

const WRAP = [`SELECT coalesce(string_agg(q::text, E'\\n' ORDER BY q::text COLLATE "C"), '') FROM (\n`, '\n) q'] as const;

/** A question that answers with all rows of another as one text, one row per line in the order of that text, so that a said value can be compared with it. */
export function rowsAsText(sql: string): string {
  return `${WRAP[0]}${sql}${WRAP[1]}`;
}

/** What rowsAsText was given; null when it did not make this. */
export function withoutRowsAsText(sql: string): string | null {
  return sql.startsWith(WRAP[0]) && sql.endsWith(WRAP[1]) ? sql.slice(WRAP[0].length, -WRAP[1].length) : null;
}
