-- Who holds locks on the tables (schemas $1, names $2) in the modes $3 that keep out what was wanted; all but the backend $4. Asked right after
-- a lock timeout, when the wait itself is over and pg_blocking_pids is silent.
select b.pid,
       coalesce(nullif(b.application_name, ''), b.backend_type, 'unknown') as application,
       coalesce(b.state, 'unknown') as state,
       coalesce(extract(epoch from pg_catalog.clock_timestamp() - b.xact_start), 0)::float8 as seconds,
       pg_catalog.left(coalesce(b.query, ''), 200) as query,
       -- With the pid it names the session: a pid is given again.
       pg_catalog.to_char(b.backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00') as began
from (select distinct l.pid
      from unnest($1::text[], $2::text[]) as wanted (schema, name)
      join pg_catalog.pg_namespace n on n.nspname = wanted.schema
      join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.name
      join pg_catalog.pg_locks l on l.locktype = 'relation' and l.relation = c.oid
       and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
      where l.granted and l.mode = any ($3::text[]) and l.pid <> $4) held
join pg_catalog.pg_stat_activity b on b.pid = held.pid
order by b.xact_start nulls last, b.pid;
