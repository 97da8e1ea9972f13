-- Purpose: every domain with its constraints.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs, and for a moment on what is deparsed.
select t.oid, n.nspname::text as schema, t.typname::text as name,
       pg_catalog.format_type(t.typbasetype, t.typtypmod) as type,
       case when t.typcollation <> b.typcollation then quote_ident(cn.nspname) || '.' || quote_ident(co.collname) end as collation,
       not t.typnotnull as nullable,
       (select con.conname::text from pg_catalog.pg_constraint con where con.contypid = t.oid and con.contype = 'n' and con.conname <> t.typname || '_not_null') as not_null_name,
       pg_catalog.pg_get_expr(t.typdefaultbin, 0) as default,
       coalesce((select array_agg(quote_ident(con.conname) || ' ' || pg_catalog.pg_get_constraintdef(con.oid) order by con.conname)
                 from pg_catalog.pg_constraint con where con.contypid = t.oid and con.contype = 'c'), '{}') as constraints,
       pg_catalog.pg_get_userbyid(t.typowner)::text as owner
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
join pg_catalog.pg_type b on b.oid = t.typbasetype
left join pg_catalog.pg_collation co on co.oid = t.typcollation
left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
where t.typtype = 'd'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
