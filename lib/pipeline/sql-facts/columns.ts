import { objectId, type SchemaObject } from '../snapshot.ts';
import type { Reader } from './effect.ts';
import { listAt, type Node, nodeAt, nodesAt, words } from './tree.ts';

/** What is said of a column where it is defined, in CREATE TABLE or ADD COLUMN. */
export interface ColumnParts {
  notNull: boolean;
  /** The expression of DEFAULT; null: none. */
  fallback: Node | null;
  generated: Node | null;
  identity: boolean;
  /** PRIMARY KEY or UNIQUE. */
  keyed: boolean;
  checked: boolean;
  foreign: Node | null;
  /** The domain that is its type, where one of that name is there. */
  domain: (reader: Reader) => SchemaObject | null;
}

export function columnConstraints(definition: Node): ColumnParts {
  const constraints = nodesAt(definition, 'constraints', 'Constraint');
  const of = (...types: string[]): Node | undefined => constraints.find((one) => types.includes(String(one.contype)));
  const fallback = of('CONSTR_DEFAULT');
  return {
    notNull: of('CONSTR_NOTNULL', 'CONSTR_PRIMARY') !== undefined,
    fallback: fallback && !isNullConstant(nodeAt(fallback, 'raw_expr')) ? nodeAt(fallback, 'raw_expr') : null,
    generated: of('CONSTR_GENERATED') ?? null,
    identity: of('CONSTR_IDENTITY') !== undefined,
    keyed: of('CONSTR_PRIMARY', 'CONSTR_UNIQUE') !== undefined,
    checked: of('CONSTR_CHECK') !== undefined,
    foreign: of('CONSTR_FOREIGN') ?? null,
    domain: (reader) => domainOf(nodeAt(definition, 'typeName'), reader),
  };
}

function isNullConstant(expression: Node): boolean {
  return nodeAt(expression, 'A_Const').isnull === true;
}

function domainOf(typeName: Node, reader: Reader): SchemaObject | null {
  const names = words(listAt(typeName, 'names'));
  const [schema, name] = names.length > 1 ? names : [reader.searchPath[0] ?? 'public', names[0]];
  return (name !== undefined && schema !== undefined && reader.existing?.objects.get(objectId('domain', schema, name))) || null;
}
