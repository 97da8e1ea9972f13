const TYPED = 'typed:';

/** Stands for the fact that a table is of its type. */
export function typedId(tableId: string): string {
  return `${TYPED}${tableId}`;
}

/** The table of such an id; null: it is none. */
export function tableOfTyped(id: string): string | null {
  return id.startsWith(TYPED) ? id.slice(TYPED.length) : null;
}
