import { ident, literal, qualified } from '../ddl.ts';
import type { Statement, TableName } from '../plan.ts';
import type { Workbench } from './input.ts';

/** Owner, grants and comment of the live table, given to the table that will take its place: LIKE and CREATE TABLE copy none of them. */
export function carriedStatements(bench: Workbench, tableId: string, to: TableName): Statement[] {
  const carried = bench.input.current.carried?.[tableId];
  if (!carried) return [];
  const name = qualified(to);
  const statements: Statement[] = [{ do: 'execute', label: `give ${to.name} its owner`, sql: `ALTER TABLE ${name} OWNER TO ${ident(carried.owner)}` }];
  for (const grant of carried.grants) {
    if (grant.grantee === carried.owner) continue;
    const grantee = grant.grantee === 'PUBLIC' ? 'PUBLIC' : ident(grant.grantee);
    statements.push({ do: 'execute', label: `grant ${grant.privilege} on ${to.name}`, sql: `GRANT ${grant.privilege} ON ${name} TO ${grantee}${grant.grantable ? ' WITH GRANT OPTION' : ''}` });
  }
  if (carried.comment !== null) statements.push({ do: 'execute', label: `comment on ${to.name}`, sql: `COMMENT ON TABLE ${name} IS ${literal(carried.comment)}` });
  return statements;
}
