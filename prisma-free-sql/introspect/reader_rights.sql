-- Purpose: what the connected role may do beyond reading, to find a reader that can write; and how many tables it cannot read.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
with space as (
  select n.oid, n.nspname from pg_catalog.pg_namespace n
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
), relation as (
  select c.oid, n.nspname, c.relname,
         has_table_privilege(c.oid, 'SELECT') and has_schema_privilege(n.oid, 'USAGE') as reads,
         has_schema_privilege(n.oid, 'USAGE')
           and (has_any_column_privilege(c.oid, 'INSERT') or has_any_column_privilege(c.oid, 'UPDATE') or has_table_privilege(c.oid, 'DELETE') or has_table_privilege(c.oid, 'TRUNCATE')) as writes
  from pg_catalog.pg_class c join space n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f')
)
select current_setting('server_version') as version,
       pg_catalog.pg_database_size(current_database())::float8 as bytes,
       (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user) as superuser,
       has_database_privilege(current_database(), 'CREATE') as creates_schemas,
       coalesce((select array_agg(s.nspname::text order by s.nspname) from space s where has_schema_privilege(s.oid, 'CREATE')), '{}') as creates_in,
       (select count(*)::int from relation) as tables,
       (select count(*)::int from relation where writes) as written,
       (select count(*)::int from relation where reads) as readable,
       (select min(format('%I.%I', nspname, relname)) from relation where writes) as example
