-- Purpose: every access method of tables or indexes that came with no extension.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select a.oid, a.amname::text as name,
       case a.amtype when 't' then 'TYPE TABLE' else 'TYPE INDEX' end || ' HANDLER ' || a.amhandler::regproc as definition
from pg_catalog.pg_am a
where a.oid >= 16384
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_am'::regclass and d.objid = a.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
