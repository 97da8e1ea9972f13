-- The backend with pid $1 that started at $2 (text as pg_stat_activity shows it): pids are used again, start times are not.
select a.pid, a.application_name, coalesce(a.state, 'unknown') as state,
       coalesce(extract(epoch from pg_catalog.clock_timestamp() - a.xact_start), 0)::float8 as seconds
from pg_catalog.pg_stat_activity a
where a.pid = $1 and a.backend_start::text = $2;
