-- Purpose: every conversion between encodings.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select c.oid, n.nspname::text as schema, c.conname::text as name,
       quote_literal(pg_catalog.pg_encoding_to_char(c.conforencoding)) || ' TO ' || quote_literal(pg_catalog.pg_encoding_to_char(c.contoencoding)) || ' FROM ' || c.conproc::regproc as definition,
       c.condefault as default, pg_catalog.pg_get_userbyid(c.conowner)::text as owner
from pg_catalog.pg_conversion c
join pg_catalog.pg_namespace n on n.oid = c.connamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_conversion'::regclass and d.objid = c.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
