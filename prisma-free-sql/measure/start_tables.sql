-- Size, dead rows and age of the tables (schemas $1, names $2), partitions counted with their parent. The size of a table that another session holds in
-- ACCESS EXCLUSIVE would have to wait for it, and is null instead (pg_partition_tree would wait as well: hence pg_inherits). Rows are the statistics
-- collector's: estimates. `elsewhere`: not in the data directory's own tablespace. Lock: ACCESS SHARE for a moment on each table (its size).
with recursive locked as materialized (
  select distinct l.relation as oid from pg_catalog.pg_locks l
  where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock' and l.granted and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
), part as (
  select c.oid as root, c.oid as oid
  from unnest($1::text[], $2::text[]) as wanted (schema, name)
  join pg_catalog.pg_namespace n on n.nspname = wanted.schema
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.name and c.relkind in ('r', 'p', 'm')
  union
  select part.root, i.inhrelid from part join pg_catalog.pg_inherits i on i.inhparent = part.oid join pg_catalog.pg_class c on c.oid = i.inhrelid and c.relispartition
), size as materialized (
  select part.root, part.oid, k.oid is not null as held, case when k.oid is null then pg_catalog.pg_total_relation_size(part.oid) end as bytes
  from part left join locked k on k.oid = part.oid
)
select n.nspname::text as schema, c.relname::text as name,
       case when pg_catalog.bool_or(s.held) then null else sum(s.bytes)::float8 end as bytes,
       pg_catalog.bool_or(coalesce(nullif(p.reltablespace, 0), d.dattablespace) <> (select t.oid from pg_catalog.pg_tablespace t where t.spcname = 'pg_default')) as elsewhere,
       coalesce(sum(pg_catalog.pg_stat_get_live_tuples(s.oid)), 0)::float8 as live,
       coalesce(sum(pg_catalog.pg_stat_get_dead_tuples(s.oid)), 0)::float8 as dead,
       to_char(max(greatest(pg_catalog.pg_stat_get_last_vacuum_time(s.oid), pg_catalog.pg_stat_get_last_autovacuum_time(s.oid), pg_catalog.pg_stat_get_last_analyze_time(s.oid), pg_catalog.pg_stat_get_last_autoanalyze_time(s.oid))) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "putRightAt",
       coalesce(max(case when p.relfrozenxid <> '0'::xid then pg_catalog.age(p.relfrozenxid) end), 0)::float8 as "freezeAge",
       pg_catalog.current_setting('autovacuum_freeze_max_age')::float8 as "freezeMost"
from size s
join pg_catalog.pg_class c on c.oid = s.root
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_class p on p.oid = s.oid
join pg_catalog.pg_database d on d.datname = pg_catalog.current_database()
group by n.nspname, c.relname
order by 1, 2;
