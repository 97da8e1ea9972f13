// Tablespaces belong to a server: a text that names them is replayed on one that has none of them.

const CLAUSES = ['tablespacename', 'tableSpace', 'tableSpaceName', 'indexspace'];
const TOKENS = /'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|"(?:[^"]|"")*"|\b(?:USING\s+INDEX\s+)?TABLESPACE\s+(?:"(?:[^"]|"")*"|[\w$\u0080-\uffff]+)/gi;

/** The statement (`kind`, `node`: its place in the parse tree) without the tablespaces that it names, each character at its place; null: it says nothing else. */
export function withoutTablespaces(sql: string, kind: string, node: Readonly<Record<string, unknown>>): string | null {
  if (kind === 'AlterTableMoveAllStmt') return null;
  const commands = kind === 'AlterTableStmt' && Array.isArray(node.cmds) ? node.cmds.map((each) => JSON.stringify(each)) : [];
  if (commands.length > 0 && commands.every((text) => text.includes('"AT_SetTableSpace"'))) return null;
  if (!/TABLESPACE/i.test(sql) || !names(node)) return sql;
  return sql.replace(TOKENS, (token) => (/^(?:USING\s+INDEX\s+)?TABLESPACE\s/i.test(token) ? ' '.repeat(token.length) : token));
}

function names(tree: unknown): boolean {
  if (typeof tree !== 'object' || tree === null) return false;
  return Object.entries(tree).some(([key, value]) => (CLAUSES.includes(key) && typeof value === 'string' && value !== '') || names(value));
}
