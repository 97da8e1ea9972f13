-- Purpose: every transform of the user: how a procedural language takes and gives values of a type.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select t.oid, 'FOR ' || pg_catalog.format_type(t.trftype, null) || ' LANGUAGE ' || quote_ident(l.lanname) as name,
       concat_ws(', ', case when t.trffromsql <> 0 then 'FROM SQL WITH FUNCTION ' || t.trffromsql::regprocedure end, case when t.trftosql <> 0 then 'TO SQL WITH FUNCTION ' || t.trftosql::regprocedure end) as definition
from pg_catalog.pg_transform t
join pg_catalog.pg_language l on l.oid = t.trflang
where t.oid >= 16384
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_transform'::regclass and d.objid = t.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
