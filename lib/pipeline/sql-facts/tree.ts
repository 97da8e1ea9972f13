// How a parse tree is looked at. The parser's own types are large unions of wrapped nodes; what is not there reads as absent here, so that no odd text throws.
import { LOCK_MODES, type LockMode } from '../hazards.ts';
import type { LockClaim, TableName } from '../plan.ts';

export type Node = Readonly<Record<string, unknown>>;

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A node below this one; null where there is none. */
export function foundAt(node: Node, field: string): Node | null {
  const value = node[field];
  return isNode(value) ? value : null;
}

/** A node below this one, to be looked into further; an empty one where there is none. */
export function nodeAt(node: Node, field: string): Node {
  return foundAt(node, field) ?? {};
}

/** The node in its wrapper (`{ RangeVar: … }`) of that name; null for another. */
export function wrapped(value: unknown, kind: string): Node | null {
  return isNode(value) ? foundAt(value, kind) : null;
}

/** A wrapped node taken apart. */
export function unwrap(value: unknown): { kind: string; node: Node } | null {
  const [kind, node] = isNode(value) ? (Object.entries(value)[0] ?? []) : [];
  return kind !== undefined && isNode(node) ? { kind, node } : null;
}

/** The nodes of a list below this one; none where there is no list. */
export function listAt(node: Node, field: string): readonly Node[] {
  const value = node[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** All nodes of one kind in a list of wrapped nodes. */
export function nodesAt(node: Node, field: string, kind: string): Node[] {
  return listAt(node, field).flatMap((each) => {
    const inner = wrapped(each, kind);
    return inner ? [inner] : [];
  });
}

export function textAt(node: Node, field: string): string | null {
  const value = node[field];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The words of a list of strings: `[{ String: { sval } }, …]`. */
export function words(values: readonly unknown[]): string[] {
  return values.flatMap((each) => textAt(wrapped(each, 'String') ?? {}, 'sval') ?? []);
}

/** The words of a list that stands in a node, in a List of its own or not. */
export function wordsOf(value: unknown): string[] {
  const list = wrapped(value, 'List');
  return list ? words(listAt(list, 'items')) : words([value]);
}

/** Every node of the named kinds below a value, with its kind; itself too. */
export function findNodes(value: unknown, kinds: readonly string[]): { kind: string; node: Node }[] {
  const found: { kind: string; node: Node }[] = [];
  const visit = (here: object): void => {
    if (Array.isArray(here)) {
      for (const each of here as unknown[]) if (typeof each === 'object' && each !== null) visit(each);
      return;
    }
    // A parse tree is plain data: no list of its entries is made on the way, which is most of what looking through one costs.
    for (const key in here) {
      const below = (here as Node)[key];
      if (typeof below !== 'object' || below === null) continue;
      if (kinds.includes(key) && !Array.isArray(below)) found.push({ kind: key, node: below as Node });
      visit(below);
    }
  };
  if (typeof value === 'object' && value !== null) visit(value);
  return found;
}

/** Every node of that kind below a value, outermost first. */
export function everyKind(value: unknown, kind: string): Node[] {
  return findNodes(value, [kind]).map(({ node }) => node);
}

/** A copy without places in the text, so that the same expression written elsewhere is equal. */
export function placeless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(placeless);
  if (!isNode(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'location').map(([key, inner]) => [key, placeless(inner)]));
}

/** A name in parts; without a schema it is the first of the search path that has it, and otherwise the first. */
export type Resolve = (parts: readonly string[]) => TableName | null;

/** Name of a relation; null for temporary ones, which nobody else sees. */
export function relationAt(node: Node, field: string, resolve: Resolve): TableName | null {
  return relationOf(nodeAt(node, field), resolve);
}

export function relationOf(range: Node, resolve: Resolve): TableName | null {
  const name = textAt(range, 'relname');
  if (name === null || range.relpersistence === 't') return null;
  const schema = textAt(range, 'schemaname');
  return resolve(schema === null ? [name] : [schema, name]);
}

/** The claims with one, the strongest, for each table, in the order in which the tables were first met. */
export function strongest(claims: readonly LockClaim[]): LockClaim[] {
  const by = new Map<string, LockClaim>();
  for (const claim of claims) {
    const key = `${claim.table.schema}\0${claim.table.name}`;
    const known = by.get(key);
    if (!known || strength(known.mode) < strength(claim.mode)) by.set(key, claim);
  }
  return [...by.values()];
}

export function strength(mode: LockMode): number {
  return LOCK_MODES.indexOf(mode);
}

/** Each table once. */
export function distinct(tables: readonly TableName[]): TableName[] {
  return [...new Map(tables.map((table) => [`${table.schema}\0${table.name}`, table])).values()];
}
