-- Purpose: every text search template.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select t.oid, n.nspname::text as schema, t.tmplname::text as name,
       concat_ws(', ', case when t.tmplinit <> 0 then 'INIT = ' || t.tmplinit::regproc end, 'LEXIZE = ' || t.tmpllexize::regproc) as definition
from pg_catalog.pg_ts_template t join pg_catalog.pg_namespace n on n.oid = t.tmplnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_ts_template'::regclass and d.objid = t.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
