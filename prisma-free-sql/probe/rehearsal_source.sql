-- Purpose: what it takes to clone this database: its size in bytes.
select pg_catalog.pg_database_size(pg_catalog.current_database())::float8 as bytes;
