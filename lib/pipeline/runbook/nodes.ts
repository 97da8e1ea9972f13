import type { TableName } from '../plan.ts';
import { isNode, type Node } from '../sql-facts/tree.ts';

/** A node of a parse tree; an empty one where something else stands. */
export function object(value: unknown): Node {
  return isNode(value) ? value : {};
}

/** A table's name in one word. */
export function key({ schema, name }: TableName): string {
  return `${schema}.${name}`;
}
