-- Purpose: every object of extended statistics.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs, and for a moment on what is deparsed.
select s.oid, n.nspname::text as schema, s.stxname::text as name, cn.nspname::text as table_schema, c.relname::text as relation, c.relkind::text as relkind,
       pg_catalog.pg_get_statisticsobjdef(s.oid) as definition,
       nullif(s.stxstattarget, -1) as target,
       pg_catalog.pg_get_userbyid(s.stxowner)::text as owner
from pg_catalog.pg_statistic_ext s
join pg_catalog.pg_namespace n on n.oid = s.stxnamespace
join pg_catalog.pg_class c on c.oid = s.stxrelid
join pg_catalog.pg_namespace cn on cn.oid = c.relnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_statistic_ext'::regclass and d.objid = s.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
