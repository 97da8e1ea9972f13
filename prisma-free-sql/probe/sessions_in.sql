-- Purpose: how many sessions other than this one are in a database: as long as there is one, it cannot be copied as a template.
-- Parameters: $1 the name of the database.
select count(*)::int as sessions
from pg_catalog.pg_stat_activity a
where a.datname = $1 and a.pid <> pg_catalog.pg_backend_pid();
