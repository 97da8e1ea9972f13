-- The oldest transactions of this database, prepared ones too (pid 0): what builds indexes concurrently waits for them, whatever they hold, and
-- vacuum can take away nothing that died since. No lock on a table.
select t.pid, t.application, t.state, t.seconds, t.query
from (
  select a.pid, coalesce(nullif(a.application_name, ''), a.backend_type, 'unknown') as application, coalesce(a.state, 'unknown') as state,
         extract(epoch from pg_catalog.clock_timestamp() - a.xact_start)::float8 as seconds, pg_catalog.left(coalesce(a.query, ''), 200) as query, a.xact_start as began
  from pg_catalog.pg_stat_activity a
  where a.datname = pg_catalog.current_database() and a.backend_type = 'client backend' and a.xact_start is not null and a.pid <> pg_catalog.pg_backend_pid()
  union all
  select 0, 'prepared transaction', 'prepared', extract(epoch from pg_catalog.clock_timestamp() - x.prepared)::float8, x.gid, x.prepared
  from pg_catalog.pg_prepared_xacts x
  where x.database = pg_catalog.current_database()
) t
-- By when they began: each row's seconds are asked at a moment of its own.
order by t.began, t.pid
limit 10;
