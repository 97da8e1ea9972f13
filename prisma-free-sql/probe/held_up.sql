-- How many sessions have waited for the backend $1 longer than $2 seconds. Whoever queues behind a lock that it only waits for counts too.
select count(distinct a.pid)::int as sessions
from pg_catalog.pg_stat_activity a
join pg_catalog.pg_locks l on l.pid = a.pid and not l.granted
where a.wait_event_type = 'Lock' and pg_catalog.clock_timestamp() - l.waitstart > pg_catalog.make_interval(secs => $2::float8)
  and $1 = any (pg_catalog.pg_blocking_pids(a.pid));
