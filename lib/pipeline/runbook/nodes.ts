import { isNode, type Node } from '../sql-facts/tree.ts';

/** A node of a parse tree; an empty one where something else stands. */
export function object(value: unknown): Node {
  return isNode(value) ? value : {};
}
