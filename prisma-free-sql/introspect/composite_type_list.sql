-- Purpose: every composite type that stands alone, with its fields in order.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select t.oid, n.nspname::text as schema, t.typname::text as name,
       coalesce((select array_agg(quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
                                  || case when a.attcollation <> at.typcollation then ' COLLATE ' || quote_ident(cn.nspname) || '.' || quote_ident(co.collname) else '' end order by a.attnum)
                 from pg_catalog.pg_attribute a
                 join pg_catalog.pg_type at on at.oid = a.atttypid
                 left join pg_catalog.pg_collation co on co.oid = a.attcollation
                 left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
                 where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '{}') as fields,
       pg_catalog.pg_get_userbyid(t.typowner)::text as owner
from pg_catalog.pg_type t
join pg_catalog.pg_class c on c.oid = t.typrelid and c.relkind = 'c'
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
