-- Purpose: the planner's row estimate (null: never analysed), the bytes on disk with indexes and TOAST, and the last ANALYZE, per table.
-- A partitioned table counts its partitions' bytes. While another session holds ACCESS EXCLUSIVE on a table its size would have to wait,
-- so it is estimated from the pages that the catalog remembers.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs; ACCESS SHARE on each table for a moment (pg_total_relation_size).
with locked as (
  select distinct l.relation as oid
  from pg_catalog.pg_locks l
  where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock'
    and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
)
select n.nspname::text as schema, c.relname::text as name,
       nullif(c.reltuples, -1)::float8 as rows,
       case when c.oid in (select oid from locked) then c.relpages * current_setting('block_size')::bigint
            when c.relkind = 'p' then coalesce((select sum(pg_catalog.pg_total_relation_size(t.relid)) from pg_catalog.pg_partition_tree(c.oid) t
                                                where t.isleaf and t.relid not in (select oid from locked)), 0)
            else coalesce(pg_catalog.pg_total_relation_size(c.oid), 0) end::float8 as bytes,
       to_char(greatest(pg_catalog.pg_stat_get_last_analyze_time(c.oid), pg_catalog.pg_stat_get_last_autoanalyze_time(c.oid)) at time zone 'UTC',
               'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as analyzed_at
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and c.relpersistence <> 't'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
