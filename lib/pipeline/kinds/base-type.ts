import { literal, qualified } from '../ddl.ts';
import type { SchemaObject } from '../snapshot.ts';
import { definedKind } from './defined.ts';
import { textOf } from './relation.ts';

/** A type of its own, made of functions that read and write it, or a shell that stands for one that is still to be made. */
export const baseTypeKind = definedKind({
  kind: 'base_type',
  query: 'introspect/base_type_list',
  label: { one: 'base type', many: 'base types' },
  catalog: 'pg_type',
  stage: 'type',
  attributes: [{ name: 'definition', label: 'definition' }],
  grantedAs: 'TYPE',
  address: (object) => `TYPE ${qualified(object)}`,
  create: (object) => (isShell(object) ? createShell(object) : `CREATE TYPE ${qualified(object)} (\n    ${textOf(object, 'definition')}\n)`),
});

export function isShell(object: SchemaObject): boolean {
  return textOf(object, 'definition') === '';
}

/** Its name alone, so that the functions of which it will be made can name it. */
export function createShell(object: SchemaObject): string {
  return `CREATE TYPE ${qualified(object)}`;
}

const DROPPING = 'DO $drop$';

/** Whether a statement is one that dropWithFunctions made. */
export function dropsFunctionsToo(sql: string): boolean {
  return sql.startsWith(DROPPING);
}

/**
 * Drops a type together with the functions that it is made of: neither goes before the other, so that only CASCADE takes them. It would take along whatever
 * else names them as well: it is not said where anything does. `functions` as DROP FUNCTION names them.
 */
export function dropWithFunctions(type: SchemaObject, functions: readonly string[]): string {
  const made = `ARRAY[${functions.map(literal).join(', ')}]::pg_catalog.regprocedure[]`;
  return `${DROPPING}
DECLARE
  of_type oid[] := ARRAY(SELECT pg_catalog.unnest(ARRAY[t.oid, t.typarray]) FROM pg_catalog.pg_type t WHERE t.oid = ${literal(qualified(type))}::pg_catalog.regtype OR t.oid = (SELECT r.rngmultitypid FROM pg_catalog.pg_range r WHERE r.rngtypid = ${literal(qualified(type))}::pg_catalog.regtype));
BEGIN
  IF EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.deptype IN ('n', 'a') AND (d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.refobjid = ANY (of_type) OR d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.refobjid = ANY (${made}::oid[]))
      AND NOT (d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = ANY (${made}::oid[])) AND NOT (d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = ANY (of_type))
      -- The name of an operator that was promised as the commutator or negator of another and never made.
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_operator o WHERE d.classid = 'pg_catalog.pg_operator'::pg_catalog.regclass AND o.oid = d.objid AND o.oprcode = 0)
      -- A range has functions of its own.
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend own WHERE own.classid = d.classid AND own.objid = d.objid AND own.deptype = 'i' AND own.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND own.refobjid = ANY (of_type))
  ) THEN
    RAISE EXCEPTION 'something still rests on type %', ${literal(qualified(type))} USING ERRCODE = 'dependent_objects_still_exist';
  END IF;
  DROP TYPE ${qualified(type)} CASCADE;
END $drop$`;
}
