-- Cancels what our own backend is doing: only when pid, start time and application name are all those of the run's session.
select pg_catalog.pg_cancel_backend(a.pid) as sent
from pg_catalog.pg_stat_activity a
where a.pid = $1 and a.backend_start::text = $2 and a.application_name = $3;
