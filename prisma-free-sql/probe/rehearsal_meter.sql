-- Purpose: what a step is measured by, before and after it: where the server's WAL stands, and how large this database is. Bytes.
select (pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_catalog.pg_lsn)::float8 as wal, pg_catalog.pg_database_size(pg_catalog.current_database())::float8 as size;
