import { listAt, type Node, textAt, words, wrapped } from '../sql-facts/tree.ts';

/** A relation as a text names it, before anybody looked along the search path. */
export interface SaidName {
  schema: string | null;
  name: string;
}

/** The name in a `RangeVar`; null where the node is none. */
export function rangeName(node: Node | null): SaidName | null {
  const name = node ? textAt(node, 'relname') : null;
  return node && name !== null ? { schema: textAt(node, 'schemaname') ?? (node.relpersistence === 't' ? 'pg_temp' : null), name } : null;
}

/** A name in the list of a DROP. */
export function dropName(node: Node): SaidName | null {
  const parts = words(listAt(wrapped(node, 'List') ?? {}, 'items'));
  const name = parts.at(-1);
  return name === undefined ? null : { schema: parts.at(-2) ?? null, name };
}
