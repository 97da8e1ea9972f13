import { ident } from './ddl.ts';

// Names as the server writes them where search_path is empty: everything that stands in a schema is said with it. What follows when a thing moves is
// the name in an expression, a query or a type; what stands in a string is somebody's text.

const IDENT = '(?:[a-z_][a-z0-9_]*|"(?:[^"]|"")+")';
const TOKEN = new RegExp(String.raw`('(?:[^']|'')*')(::reg[a-z]+)?|(?<![\w"$.])(${IDENT})\.(${IDENT}|[-+*/<>=~!@#%^&|\x60?]+)`, 'g');

/** What a schema and a name, each as SQL, are called afterwards; undefined: as before. `as`: `::regclass` where a string stands for the name, else empty. */
export type Names = (schema: string, name: string, as: string) => string | undefined;

/** The text with every name that moved; a string keeps its words unless it stands for a name (`'a.t'::regclass`). */
export function withNames(text: string, names: Names, as = ''): string {
  if (!text.includes('.')) return text;
  return text.replaceAll(TOKEN, (found: string, string: string | undefined, cast: string | undefined, schema: string | undefined, name: string | undefined) => {
    if (string === undefined) return names(schema ?? '', name ?? '', as) ?? found;
    return cast === undefined ? found : `'${withNames(string.slice(1, -1).replaceAll("''", "'"), names, cast).replaceAll("'", "''")}'${cast}`;
  });
}

/** Of the definition of a routine, what stands before a body that is a text. */
export function withNamesBeforeBody(definition: string, names: Names): string {
  const body = bodyOf(definition);
  return withNames(definition.slice(0, definition.length - body.length), names) + body;
}

/** The body of a routine where it is a text, which the server does not read until it runs; empty where it is kept as a tree. */
export function bodyOf(definition: string): string {
  const at = definition.search(/\nAS (?:\$|')/);
  return at === -1 ? '' : definition.slice(at);
}

/** The name under which a qualified one is looked up: of `f(integer)` the function, of `x USING btree` the class, and an operator as it is. */
export function wordOf(kind: string, name: string): string {
  if (kind === 'operator') return name.slice(0, name.indexOf('('));
  if (kind === 'function' || kind === 'procedure' || kind === 'aggregate') return new RegExp(`^${IDENT}`).exec(name)?.[0] ?? name;
  return kind === 'operator_class' || kind === 'operator_family' ? name.replace(/ USING [^ ]+$/, '') : ident(name);
}
