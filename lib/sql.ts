import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ident, qualified } from './pipeline/ddl.ts';

const texts = new Map<string, string>();
/** Statements without placeholders, looked through once. */
const whole = new Map<string, string>();

/** Everything that psql leaves alone comes first, so that only a real placeholder reaches the last alternative. */
const TOKENS = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|"(?:[^"]|"")*"|::|:"([^"]+)"/g;

/**
 * The text of `prisma-free-sql/<name>.sql` with psql's own placeholders (`:"table"`) replaced by identifiers, quoted where needed.
 * Throws when a placeholder has no identifier, or an identifier no placeholder: a statement is never sent half filled.
 */
export function sql(name: string, identifiers: Record<string, string | { schema: string; name: string }> = {}): string {
  const names = Object.keys(identifiers);
  const known = names.length === 0 ? whole.get(name) : undefined;
  if (known !== undefined) return known;
  const unused = new Set(names);
  const text = readOnce(name).replaceAll(TOKENS, (token, _tag: string | undefined, placeholder: string | undefined) => {
    if (placeholder === undefined) return token;
    const identifier = identifiers[placeholder];
    if (identifier === undefined) throw new Error(`sql('${name}'): the placeholder :"${placeholder}" has no identifier`);
    unused.delete(placeholder);
    return typeof identifier === 'string' ? ident(identifier) : qualified(identifier);
  });
  if (unused.size > 0) throw new Error(`sql('${name}'): no placeholder for ${[...unused].join(', ')}`);
  if (names.length === 0) whole.set(name, text);
  return text;
}

function readOnce(name: string): string {
  const known = texts.get(name);
  if (known !== undefined) return known;
  if (!/^[a-z0-9_]+(\/[a-z0-9_]+)+$/.test(name)) throw new Error(`sql('${name}'): not a name of a statement`);
  const text = readFileSync(join(/* turbopackIgnore: true */ process.cwd(), 'prisma-free-sql', `${name}.sql`), 'utf8');
  texts.set(name, text);
  return text;
}
