-- Who waits for the backend $1: the application's sessions that we hold up.
select b.pid,
       coalesce(nullif(b.application_name, ''), b.backend_type, 'unknown') as application,
       coalesce(b.state, 'unknown') as state,
       coalesce(extract(epoch from pg_catalog.clock_timestamp() - b.query_start), 0)::float8 as seconds,
       pg_catalog.left(coalesce(b.query, ''), 200) as query
from pg_catalog.pg_stat_activity b
where b.wait_event_type = 'Lock' and $1 = any (pg_catalog.pg_blocking_pids(b.pid))
order by b.query_start nulls last, b.pid;
