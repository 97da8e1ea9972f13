-- Purpose: what it takes to clone this database: its size in bytes, and how many sessions other than this one are in it.
select pg_catalog.pg_database_size(pg_catalog.current_database())::float8 as bytes,
  (select count(*)::int from pg_catalog.pg_stat_activity a where a.datname = pg_catalog.current_database() and a.pid <> pg_catalog.pg_backend_pid()) as others;
