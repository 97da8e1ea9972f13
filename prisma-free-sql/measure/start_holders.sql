-- Who holds locks on the tables (schemas $1, names $2; none named: on any table of the application), with the partitions of each: one row per
-- session, with all that it holds there. A lock without a session is a prepared transaction's (pid 0). Only pg_locks and pg_stat_activity: no lock.
select coalesce(a.pid, 0) as pid,
       case when l.pid is null then 'prepared transaction' else coalesce(nullif(a.application_name, ''), a.backend_type, 'unknown') end as application,
       case when l.pid is null then 'prepared' else coalesce(a.state, a.backend_type, 'unknown') end as state,
       extract(epoch from pg_catalog.clock_timestamp() - coalesce(a.xact_start, x.prepared))::float8 as seconds,
       pg_catalog.left(coalesce(a.query, x.gid, ''), 200) as query,
       jsonb_agg(distinct jsonb_build_object('mode', l.mode, 'table', n.nspname || '.' || r.relname)) as held
from pg_catalog.pg_locks l
join pg_catalog.pg_class c on c.oid = l.relation and c.relkind in ('r', 'p', 'm')
join pg_catalog.pg_class r on r.oid = coalesce(pg_catalog.pg_partition_root(c.oid), c.oid)
join pg_catalog.pg_namespace n on n.oid = r.relnamespace
left join pg_catalog.pg_stat_activity a on a.pid = l.pid
left join pg_catalog.pg_prepared_xacts x on l.pid is null and l.virtualtransaction = '-1/' || x.transaction::text
where l.locktype = 'relation' and l.granted and l.pid is distinct from pg_catalog.pg_backend_pid()
  and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
  and case when pg_catalog.cardinality($1::text[]) = 0 then n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
           else (n.nspname::text, r.relname::text) in (select w.schema, w.name from unnest($1::text[], $2::text[]) as w (schema, name)) end
group by a.pid, l.pid, a.application_name, a.backend_type, a.state, a.xact_start, a.query, x.prepared, x.gid
-- By when they began: each row's seconds are asked at a moment of its own, and two that began together would change places.
order by coalesce(a.xact_start, x.prepared) nulls last, pid
limit 20;
