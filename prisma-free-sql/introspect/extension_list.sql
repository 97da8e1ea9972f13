-- Purpose: every extension but plpgsql, which every database has. Its members are its own and in no other list.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select e.oid, e.extname::text as name, n.nspname::text as schema, e.extversion as version
from pg_catalog.pg_extension e
join pg_catalog.pg_namespace n on n.oid = e.extnamespace
where e.extname <> 'plpgsql'
