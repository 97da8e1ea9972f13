-- Whether a schema is there. $1: its name.
select from pg_catalog.pg_namespace where nspname = $1
