import { type Node, listAt, unwrap, words, wrapped } from './tree.ts';

/** The parts of a condition that all have to be true. */
export function conjuncts(node: Node): Node[] {
  const all = wrapped(node, 'BoolExpr');
  return all?.boolop === 'AND_EXPR' ? listAt(all, 'args').flatMap(conjuncts) : [node];
}

/** A value that stands in the text, cast or not, or a list of such. */
export function isConstant(value: unknown): boolean {
  const one = unwrap(value);
  if (one?.kind === 'List') return listAt(one.node, 'items').every(isConstant);
  return one?.kind === 'TypeCast' ? isConstant(one.node.arg) : one?.kind === 'A_Const' || one?.kind === 'ParamRef';
}

/** `column = constant`, or `column IN (constants)`: the column's name. */
export function fixed(node: Node, kinds: readonly string[] = ['AEXPR_OP', 'AEXPR_IN']): string | null {
  const expression = wrapped(node, 'A_Expr');
  if (!expression || words(listAt(expression, 'name'))[0] !== '=' || !kinds.includes(String(expression.kind))) return null;
  return isConstant(expression.rexpr) ? columnIn(expression.lexpr) : null;
}

/** The last word of a reference to a column. */
export function columnIn(value: unknown): string | null {
  return words(listAt(wrapped(value, 'ColumnRef') ?? {}, 'fields')).at(-1) ?? null;
}
