// A parse tree is JSON of unknown shape to the type checker; these read it without believing it.

export type Node = Readonly<Record<string, unknown>>;

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The node under a key; null when there is none. */
export function nodeAt(node: Node, key: string): Node | null {
  const value = node[key];
  return isNode(value) ? value : null;
}

/** The list under a key; empty when there is none. */
export function listAt(node: Node, key: string): readonly Node[] {
  const value = node[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

export function textAt(node: Node, key: string): string | null {
  const value = node[key];
  return typeof value === 'string' ? value : null;
}

/** `{ Wrapper: node }` → its name and node. */
export function unwrapped(node: Node | null): { kind: string; node: Node } | null {
  const [entry] = node ? Object.entries(node) : [];
  return entry && isNode(entry[1]) ? { kind: entry[0], node: entry[1] } : null;
}

/** The node when it is of that kind. */
export function asKind(node: Node | null, kind: string): Node | null {
  const inner = unwrapped(node);
  return inner?.kind === kind ? inner.node : null;
}

/** Those of a list that are of that kind. */
export function kindsAt(node: Node, key: string, kind: string): Node[] {
  const found: Node[] = [];
  for (const one of listAt(node, key)) {
    const inner = asKind(one, kind);
    if (inner) found.push(inner);
  }
  return found;
}

/** The texts of a list of `String` nodes: the parts of a name, the columns of a key. */
export function stringsAt(node: Node, key: string): string[] {
  return listAt(node, key).flatMap((one) => textAt(asKind(one, 'String') ?? {}, 'sval') ?? []);
}

/** Every node of that kind inside, outermost first; what it finds is looked into as well. */
export function everyKind(node: unknown, kind: string): Node[] {
  const found: Node[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (isNode(value)) {
      for (const [key, inner] of Object.entries(value)) {
        if (key === kind && isNode(inner)) found.push(inner);
        walk(inner);
      }
    }
  };
  walk(node);
  return found;
}

/** A copy without places in the text, so that the same expression written elsewhere is equal. */
export function placeless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(placeless);
  if (!isNode(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'location').map(([key, inner]) => [key, placeless(inner)]));
}

export interface SaidName {
  schema: string | null;
  name: string;
}

/** A `RangeVar`: a table as a text names it. */
export function rangeName(node: Node | null): SaidName | null {
  const name = node ? textAt(node, 'relname') : null;
  return node && name !== null ? { schema: textAt(node, 'schemaname') ?? (node.relpersistence === 't' ? 'pg_temp' : null), name } : null;
}

/** A name in the list of a DROP. */
export function dropName(node: Node): SaidName | null {
  const list = asKind(node, 'List');
  const parts = list ? stringsAt(list, 'items') : [];
  const name = parts.at(-1);
  return name === undefined ? null : { schema: parts.at(-2) ?? null, name };
}
