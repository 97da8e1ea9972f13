-- Purpose: every enum type with its labels in order.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select t.oid, pg_catalog.pg_get_userbyid(t.typowner)::text as owner, n.nspname::text as schema, t.typname::text as name,
       coalesce((select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid), '{}') as labels
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where t.typtype = 'e'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
