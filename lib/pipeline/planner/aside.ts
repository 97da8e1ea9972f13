import { ident, literal, qualified } from '../ddl.ts';
import type { Assertion, Statement, TableName } from '../plan.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import type { Workbench } from './input.ts';
import { spoken } from './names.ts';

type Keeping = Pick<Workbench, 'keepSchema'>;
type Moving = Pick<Workbench, 'keepSchema' | 'currentFamily'>;

/** Where a table stands that is set aside. */
export function kept(bench: Keeping, table: TableName): TableName {
  return { schema: bench.keepSchema, name: table.name };
}

/** With its extended statistics, which stand in a schema of their own and would hold that. */
export function moveAside(bench: Moving, table: TableName): Statement[] {
  return [
    { do: 'execute', label: `set ${table.name} aside`, sql: `ALTER TABLE ${qualified(table)} SET SCHEMA ${ident(bench.keepSchema)}` },
    ...statisticsOf(bench, table).map((object): Statement => ({ do: 'execute', label: `set ${object.name} aside`, sql: `ALTER STATISTICS ${qualified(object)} SET SCHEMA ${ident(bench.keepSchema)}` })),
  ];
}

export function bringBack(bench: Moving, table: TableName): Statement[] {
  return [
    { do: 'execute', label: `bring ${table.name} back`, sql: `ALTER TABLE ${qualified(kept(bench, table))} SET SCHEMA ${ident(table.schema)}` },
    ...statisticsOf(bench, table).map((object): Statement => ({ do: 'execute', label: `bring ${object.name} back`, sql: `ALTER STATISTICS ${qualified({ schema: bench.keepSchema, name: object.name })} SET SCHEMA ${ident(object.schema)}` })),
  ];
}

function statisticsOf(bench: Moving, table: TableName): SchemaObject[] {
  return (bench.currentFamily.get(objectId('table', table.schema, table.name)) ?? []).filter((object) => object.kind === 'statistics');
}

/** Something else may have taken the name since. */
export function goneAssertion(table: TableName): Assertion {
  return { label: `${spoken(table)} is gone`, sql: `SELECT (NOT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass(${literal(qualified(table))}) AND relkind IN ('r', 'p')))::text`, expect: { from: 'literal', value: 'true' } };
}
