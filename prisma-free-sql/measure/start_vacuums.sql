-- Vacuums at work on the tables (schemas $1, names $2; none named: on any). One that prevents wraparound gives way to no lock request. No lock on a table.
select a.pid, coalesce(a.backend_type, 'unknown') as application, coalesce(a.state, a.backend_type, 'unknown') as state,
       extract(epoch from pg_catalog.clock_timestamp() - a.xact_start)::float8 as seconds, pg_catalog.left(coalesce(a.query, ''), 200) as query,
       n.nspname || '.' || r.relname as table, coalesce(v.phase, 'unknown') as phase, coalesce(a.query, '') like '%to prevent wraparound%' as wraparound
from pg_catalog.pg_stat_progress_vacuum v
join pg_catalog.pg_stat_activity a on a.pid = v.pid
join pg_catalog.pg_class c on c.oid = v.relid
join pg_catalog.pg_class r on r.oid = coalesce(pg_catalog.pg_partition_root(c.oid), c.oid)
join pg_catalog.pg_namespace n on n.oid = r.relnamespace
where v.datname = pg_catalog.current_database()
  and (pg_catalog.cardinality($1::text[]) = 0 or (n.nspname::text, r.relname::text) in (select w.schema, w.name from unnest($1::text[], $2::text[]) as w (schema, name)))
order by a.pid;
