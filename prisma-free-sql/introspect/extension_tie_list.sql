-- Purpose: every object that goes with an extension without being a member of it (ALTER … DEPENDS ON EXTENSION), by catalog and oid.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select d.classid, d.objid as oid, 0 as subid, null as column, e.extname::text as extension
from pg_catalog.pg_depend d
join pg_catalog.pg_extension e on e.oid = d.refobjid
where d.refclassid = 'pg_extension'::regclass and d.deptype = 'x'
