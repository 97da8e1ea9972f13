-- Purpose: the planner's row estimate (null: never analysed), the bytes on disk with indexes and TOAST, and the last ANALYZE, per table.
-- Where VACUUM or ANALYZE has been, the bytes are those of the pages that the catalog remembers from then: an estimate of the same moment as
-- the rows, and no table is touched. Elsewhere they are measured; while another session holds ACCESS EXCLUSIVE on such a table its size would
-- have to wait, and the catalog's pages stand in. A partitioned table counts its partitions' bytes, found by pg_inherits: pg_partition_tree locks
-- every partition until the transaction ends, and waits for whoever rebuilds one.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs; ACCESS SHARE for a moment on each table that was never analysed (pg_total_relation_size).
with recursive locked as (
  select distinct l.relation as oid
  from pg_catalog.pg_locks l
  where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock'
    and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
), indexed as (
  select i.indrelid as oid, sum(c.relpages::bigint) as pages
  from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
  group by i.indrelid
), size as (
  select c.oid,
         case when c.reltuples >= 0 or c.oid in (select oid from locked)
              then (c.relpages + coalesce(x.pages, 0) + coalesce(t.relpages, 0) + coalesce(tx.pages, 0)) * current_setting('block_size')::bigint
              else pg_catalog.pg_total_relation_size(c.oid) end as bytes
  from pg_catalog.pg_class c
  left join indexed x on x.oid = c.oid
  left join pg_catalog.pg_class t on t.oid = c.reltoastrelid
  left join indexed tx on tx.oid = t.oid
  where c.relkind = 'r' and c.oid >= 16384
), part (root, oid) as (
  select c.oid, c.oid from pg_catalog.pg_class c where c.relkind = 'p'
  union
  select p.root, i.inhrelid from part p join pg_catalog.pg_inherits i on i.inhparent = p.oid
), whole as (
  select p.root as oid, sum(s.bytes) as bytes
  from part p join size s on s.oid = p.oid
  group by p.root
)
select n.nspname::text as schema, c.relname::text as name,
       nullif(c.reltuples, -1)::float8 as rows,
       coalesce(s.bytes, w.bytes, 0)::float8 as bytes,
       to_char(greatest(pg_catalog.pg_stat_get_last_analyze_time(c.oid), pg_catalog.pg_stat_get_last_autoanalyze_time(c.oid)) at time zone 'UTC',
               'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as analyzed_at
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join size s on s.oid = c.oid
left join whole w on w.oid = c.oid
where c.relkind in ('r', 'p') and c.relpersistence <> 't'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
