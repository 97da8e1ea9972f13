-- Ends what an earlier attempt of the same run left behind ($1: application names begin with this, $2: our own tool's). Same role as the tool's.
select a.application_name, pg_catalog.pg_terminate_backend(a.pid) as sent
from pg_catalog.pg_stat_activity a
where a.datname = pg_catalog.current_database() and starts_with(a.application_name, $1) and a.application_name <> $2 and a.usename = current_user and a.pid <> pg_catalog.pg_backend_pid();
