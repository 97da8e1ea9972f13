/** Where a statement begins in the body of a block; what an EXECUTE puts together stands in quotes. */
const MAKES_ROLE = /((?:;|\b(?:begin|then|else|loop)\b)(?:\s|--[^\n]*\n)*)(create\s+(?:role|user(?!\s+mapping\b)|group)\s+(?:"((?:[^"]|"")+)"|(\w+))[^;'$]*(?:'[^']*'[^;'$]*)*)(?=;)/gi;

/**
 * A DO block without the CREATE ROLE in it, each replaced by as many characters, and the roles that it makes. Roles belong to the server: a replay makes them
 * without rights and removes them, and before Postgres 16 nobody else may.
 */
export function withoutMakingRoles(sql: string): { sql: string; roles: string[] } {
  const roles: string[] = [];
  const text = sql.replaceAll(MAKES_ROLE, (_all, before: string, statement: string, quoted: string | undefined, plain: string | undefined) => {
    roles.push(quoted?.replaceAll('""', '"') ?? plain?.toLowerCase() ?? '');
    return `${before}null${statement.slice(4).replaceAll(/[^\n]/g, ' ')}`;
  });
  return { sql: text, roles };
}
