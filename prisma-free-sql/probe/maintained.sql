-- On which of the tables (schemas $1, names $2), their partitions and heirs somebody but the backend $3 is at upkeep: vacuum, analyze, and what else holds SHARE UPDATE
-- EXCLUSIVE. Without those of whom it can be seen that they ward off wraparound, because they give way to nobody. deadlockMs: after so many milliseconds in line the
-- server sends an autovacuum away.
with recursive claimed as (
  select c.oid
  from unnest($1::text[], $2::text[]) as wanted (schema, name)
  join pg_catalog.pg_namespace n on n.nspname = wanted.schema
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.name
  union
  select i.inhrelid from claimed join pg_catalog.pg_inherits i on i.inhparent = claimed.oid
)
select n.nspname as schema, c.relname as name,
       (select setting::int from pg_catalog.pg_settings where pg_settings.name = 'deadlock_timeout') as "deadlockMs"
from claimed
join pg_catalog.pg_class c on c.oid = claimed.oid and c.relkind in ('r', 'm', 'p')
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where exists (
  select from pg_catalog.pg_locks l
  left join pg_catalog.pg_stat_activity a on a.pid = l.pid
  where l.locktype = 'relation' and l.relation = c.oid and l.granted and l.mode = 'ShareUpdateExclusiveLock' and l.pid <> $3
    and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
    and coalesce(a.query, '') not like 'autovacuum: %(to prevent wraparound)')
order by n.nspname, c.relname;
