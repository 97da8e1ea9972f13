-- Purpose: every schema of the user; not the system's, not an extension's, not Countersign's own.
-- Parameters: none. Expects an empty search_path, like every file of this folder.
-- Lock: ACCESS SHARE on the catalogs only.
select n.oid, n.nspname::text as name, pg_catalog.pg_get_userbyid(n.nspowner)::text as owner
from pg_catalog.pg_namespace n
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_namespace'::regclass and d.objid = n.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
