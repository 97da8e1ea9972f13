-- Purpose: what it takes to clone this database: its size in bytes, the modules that read its security labels, and the tablespaces in which something of it stands.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select pg_catalog.pg_database_size(pg_catalog.current_database())::float8 as bytes,
       (select coalesce(array_agg(distinct l.provider order by l.provider), '{}') from pg_catalog.pg_seclabel l) as providers,
       (select coalesce(array_agg(distinct s.spcname::text order by s.spcname::text), '{}') from pg_catalog.pg_class c join pg_catalog.pg_tablespace s on s.oid = c.reltablespace where s.spcname <> 'pg_global') as tablespaces;
