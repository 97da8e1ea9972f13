-- Who waits for a lock on the tables (schemas $1, names $2; none named: on any table of the application), for how long, and behind whom.
-- Only pg_locks and pg_stat_activity: no lock on a table.
select a.pid,
       coalesce(nullif(a.application_name, ''), a.backend_type, 'unknown') as application,
       coalesce(a.state, a.backend_type, 'unknown') as state,
       extract(epoch from pg_catalog.clock_timestamp() - a.xact_start)::float8 as seconds,
       pg_catalog.left(coalesce(a.query, ''), 200) as query,
       extract(epoch from pg_catalog.clock_timestamp() - l.waitstart)::float8 as waits,
       l.mode,
       n.nspname || '.' || c.relname as table,
       pg_catalog.pg_blocking_pids(a.pid) as "blockedBy"
from pg_catalog.pg_locks l
join pg_catalog.pg_class c on c.oid = l.relation
join pg_catalog.pg_class r on r.oid = coalesce(pg_catalog.pg_partition_root(c.oid), c.oid)
join pg_catalog.pg_namespace n on n.oid = r.relnamespace
join pg_catalog.pg_stat_activity a on a.pid = l.pid
where not l.granted and l.locktype in ('relation', 'tuple') and l.pid <> pg_catalog.pg_backend_pid()
  and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
  and case when pg_catalog.cardinality($1::text[]) = 0 then n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
           else (n.nspname::text, r.relname::text) in (select w.schema, w.name from unnest($1::text[], $2::text[]) as w (schema, name)) end
order by l.waitstart nulls last, a.pid
limit 20;
