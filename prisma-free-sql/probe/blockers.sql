-- Who blocks the backend $1 now. A pid of 0 is a prepared transaction, which no session holds any more.
select x.pid,
       case when x.pid = 0 then 'prepared transaction' else coalesce(nullif(b.application_name, ''), b.backend_type, 'unknown') end as application,
       case when x.pid = 0 then 'prepared' else coalesce(b.state, 'unknown') end as state,
       coalesce(extract(epoch from pg_catalog.clock_timestamp() - b.xact_start), 0)::float8 as seconds,
       pg_catalog.left(coalesce(b.query, ''), 200) as query,
       -- With the pid it names the session: a pid is given again.
       pg_catalog.to_char(b.backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00') as began
from (select distinct pg_catalog.unnest(pg_catalog.pg_blocking_pids($1)) as pid) x
left join pg_catalog.pg_stat_activity b on b.pid = x.pid
order by b.xact_start nulls last, x.pid;
