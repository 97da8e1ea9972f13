import { ident, literal, qualified } from '../ddl.ts';
import type { Statement, TableName } from '../plan.ts';
import { execute, type Workbench } from './input.ts';

/**
 * Owner, grants and comments of the live table and its columns, given to the table that will take its place: CREATE TABLE copies none
 * of them. First everything is taken back that ALTER DEFAULT PRIVILEGES may have given the new table and the live one does not have.
 */
export function carriedStatements(bench: Workbench, tableId: string, to: TableName): Statement[] {
  const carried = bench.input.current.carried?.[tableId];
  if (!carried) return [];
  const name = qualified(to);
  const others = <T extends { grantee: string }>(grants: readonly T[]) => grants.filter((grant) => grant.grantee !== carried.owner);
  return [
    execute(`give ${to.name} its owner`, `ALTER TABLE ${name} OWNER TO ${ident(carried.owner)}`),
    execute(`take back what default privileges gave on ${to.name}`, revokeDefaults(to)),
    ...others(carried.grants).map((grant) => execute(`grant ${grant.privilege} on ${to.name}`, `GRANT ${grant.privilege} ON ${name} TO ${role(grant.grantee)}${option(grant)}`)),
    ...others(carried.columnGrants).map((grant) => execute(`grant ${grant.privilege} on ${to.name}.${grant.column}`, `GRANT ${grant.privilege} (${ident(grant.column)}) ON ${name} TO ${role(grant.grantee)}${option(grant)}`)),
    ...(carried.comment === null ? [] : [execute(`comment on ${to.name}`, `COMMENT ON TABLE ${name} IS ${literal(carried.comment)}`)]),
    ...Object.entries(carried.columnComments).map(([column, comment]) => execute(`comment on ${to.name}.${column}`, `COMMENT ON COLUMN ${name}.${ident(column)} IS ${literal(comment)}`)),
  ];
}

/** A table is given only to a role that may create one in its schema, and foreign keys look as the owner: neither holds by itself where the operator is but a member of the role that owns the tables. The schema goes with the plan. */
export function openedTo(bench: Workbench, schema: string, tables: readonly { id: string }[]): Statement[] {
  const owners = new Set(tables.flatMap(({ id }) => bench.input.current.carried?.[id]?.owner ?? []));
  return [...owners].map((owner) => execute(`open the schema to ${owner}, who owns the tables`, `GRANT USAGE, CREATE ON SCHEMA ${ident(schema)} TO ${ident(owner)}`));
}

/** Grants and comment of one column, given to the one that will take its name. */
export function columnCarried(bench: Workbench, one: { id: string; live: TableName }, column: string, to: string): Statement[] {
  const carried = bench.input.current.carried?.[one.id];
  if (!carried) return [];
  const name = qualified(one.live);
  const comment = carried.columnComments[column];
  return [
    ...carried.columnGrants.filter((grant) => grant.column === column && grant.grantee !== carried.owner).map((grant) => execute(`grant ${grant.privilege} on ${to}`, `GRANT ${grant.privilege} (${ident(to)}) ON ${name} TO ${role(grant.grantee)}${option(grant)}`)),
    ...(comment === undefined ? [] : [execute(`comment on ${to}`, `COMMENT ON COLUMN ${name}.${ident(to)} IS ${literal(comment)}`)]),
  ];
}

function role(grantee: string): string {
  return grantee === 'PUBLIC' ? 'PUBLIC' : ident(grantee);
}

function option(grant: { grantable: boolean }): string {
  return grant.grantable ? ' WITH GRANT OPTION' : '';
}

/** Takes back whatever somebody other than the owner was given on a new table or sequence. */
export function revokeDefaults(table: TableName, what: 'TABLE' | 'SEQUENCE' = 'TABLE'): string {
  return [
    'DO $$ DECLARE given record; BEGIN',
    '  FOR given IN SELECT DISTINCT a.grantee FROM pg_class c, aclexplode(c.relacl) a',
    `               WHERE c.oid = ${literal(qualified(table))}::regclass AND a.grantee <> c.relowner LOOP`,
    `    EXECUTE format('REVOKE ALL ON ${what} ${qualified(table).replaceAll('%', '%%').replaceAll("'", "''")} FROM %s', CASE given.grantee WHEN 0 THEN 'PUBLIC' ELSE given.grantee::regrole::text END);`,
    '  END LOOP;',
    'END $$',
  ].join('\n');
}
