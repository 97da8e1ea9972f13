import { ident, literal, qualified } from '../ddl.ts';
import type { Assertion, Statement, TableName } from '../plan.ts';
import type { Workbench } from './input.ts';
import { spoken } from './names.ts';

type Keeping = Pick<Workbench, 'keepSchema'>;

/** Where a table stands that is set aside. */
export function kept(bench: Keeping, table: TableName): TableName {
  return { schema: bench.keepSchema, name: table.name };
}

export function moveAside(bench: Keeping, table: TableName): Statement {
  return { do: 'execute', label: `set ${table.name} aside`, sql: `ALTER TABLE ${qualified(table)} SET SCHEMA ${ident(bench.keepSchema)}` };
}

export function bringBack(bench: Keeping, table: TableName): Statement {
  return { do: 'execute', label: `bring ${table.name} back`, sql: `ALTER TABLE ${qualified(kept(bench, table))} SET SCHEMA ${ident(table.schema)}` };
}

/** Something else may have taken the name since. */
export function goneAssertion(table: TableName): Assertion {
  return { label: `${spoken(table)} is gone`, sql: `SELECT (NOT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass(${literal(qualified(table))}) AND relkind IN ('r', 'p')))::text`, expect: { from: 'literal', value: 'true' } };
}
