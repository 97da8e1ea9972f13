-- Purpose: every text search dictionary.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select t.oid, n.nspname::text as schema, t.dictname::text as name,
       'TEMPLATE = ' || quote_ident(tn.nspname) || '.' || quote_ident(tt.tmplname) || coalesce(', ' || nullif(t.dictinitoption, ''), '') as definition,
       pg_catalog.pg_get_userbyid(t.dictowner)::text as owner
from pg_catalog.pg_ts_dict t join pg_catalog.pg_namespace n on n.oid = t.dictnamespace
join pg_catalog.pg_ts_template tt on tt.oid = t.dicttemplate join pg_catalog.pg_namespace tn on tn.oid = tt.tmplnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_ts_dict'::regclass and d.objid = t.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
