-- Purpose: which kinds of relation there are that a database may have none of: sequences (S), foreign tables (f), materialized views (m).
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select distinct c.relkind::text as relkind from pg_catalog.pg_class c where c.oid >= 16384 and c.relkind in ('S', 'f', 'm')
