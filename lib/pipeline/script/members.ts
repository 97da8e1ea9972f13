import { ident, literal } from '../ddl.ts';
import { listOf, textOf } from '../kinds/relation.ts';
import type { SchemaObject } from '../snapshot.ts';

/**
 * Default privileges of whoever makes an extension hold for its members too, which no snapshot names: what the extension granted nothing on itself is put back.
 */
export function undoForMembers(extension: SchemaObject, defaultPrivileges: readonly SchemaObject[]): string[] {
  if (extension.kind !== 'extension') return [];
  const rules = defaultPrivileges.filter((rule) => rule.schema === '' || rule.schema === textOf(extension, 'inSchema'));
  const lists = Object.entries(MEMBERS).flatMap(([objects, types]) => {
    const of = rules.filter((rule) => rule.attributes.objects === objects);
    const back = undoOn('%s', of, 'CURRENT_USER');
    return back.length === 0 ? [] : [`(ARRAY[${types.map(literal).join(', ')}], ARRAY[${back.map(literal).join(', ')}])`];
  });
  if (lists.length === 0) return [];
  return [`DO $$ DECLARE statement text; BEGIN
  FOR statement IN
    SELECT pg_catalog.format(b.template, CASE WHEN o.type IN ('sequence', 'schema', 'type') THEN pg_catalog.upper(o.type) WHEN o.type IN ('function', 'procedure', 'aggregate') THEN 'ROUTINE' ELSE 'TABLE' END || ' ' || o.identity)
    FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid CROSS JOIN pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) o
    JOIN (VALUES ${lists.join(', ')}) l (types, templates) ON o.type = ANY (l.types) CROSS JOIN unnest(l.templates) b (template)
    WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e' AND e.extname = ${literal(extension.name)} AND o.identity NOT LIKE '%[]'
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_init_privs i WHERE i.classoid = d.classid AND i.objoid = d.objid)
  LOOP EXECUTE statement; END LOOP;
END $$`];
}

const MEMBERS: Readonly<Record<string, readonly string[]>> = { FUNCTIONS: ['function', 'procedure', 'aggregate'], TABLES: ['table', 'view', 'materialized view', 'foreign table'], SEQUENCES: ['sequence'], TYPES: ['type'], SCHEMAS: ['schema'] };

/** Everybody may use these from the beginning, also where default privileges say so once more. */
const OPEN_TO_ALL: ReadonlySet<unknown> = new Set(['FUNCTIONS', 'TYPES']);

/** `on` as GRANT names it. Who owns it may be among those to whom rights were given: all of them are the owner's again. */
export function undoOn(on: string, rules: readonly SchemaObject[], owner: string): string[] {
  const grantees = new Set(rules.flatMap((rule) => listOf(rule, 'granted').map((entry) => entry.replace(/^.* TO /, '').replace(/ WITH GRANT OPTION$/, '')).filter((grantee) => grantee !== owner && !(grantee === 'PUBLIC' && OPEN_TO_ALL.has(rule.attributes.objects)))));
  const taken = rules.flatMap((rule) => listOf(rule, 'revoked').map((entry) => entry.split(' FROM ')).map(([privilege = '', grantee = '']) => ({ privilege, grantee, own: grantee === ident(String(rule.attributes.role)) })));
  const ownersToo = taken.some(({ own }) => own) || (owner === 'CURRENT_USER' && [...grantees].some((grantee) => grantee !== 'PUBLIC'));
  return [
    ...[...grantees].map((grantee) => `REVOKE ALL ON ${on} FROM ${grantee}`),
    ...(ownersToo ? [`GRANT ALL ON ${on} TO ${owner}`] : []),
    ...taken.filter(({ own }) => !own).map(({ privilege, grantee }) => `GRANT ${privilege} ON ${on} TO ${grantee}`),
  ];
}
