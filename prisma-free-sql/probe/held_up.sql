-- How many sessions wait for the backend $1 (waiting: longer than a tenth of a second), and how many of them longer than $2 seconds. Whoever queues behind a lock that it
-- only waits for counts too.
select count(distinct a.pid) filter (where pg_catalog.clock_timestamp() - l.waitstart > pg_catalog.make_interval(secs => $2::float8))::int as sessions,
       count(distinct a.pid)::int as waiting
from pg_catalog.pg_stat_activity a
join pg_catalog.pg_locks l on l.pid = a.pid and not l.granted
where a.wait_event_type = 'Lock' and pg_catalog.clock_timestamp() - l.waitstart > '0.1 s'
  and $1 = any (pg_catalog.pg_blocking_pids(a.pid));
