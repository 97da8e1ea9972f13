-- Age in seconds of the oldest transaction that holds any lock on the tables $1 (regclass texts), except the backend $2. Null: nobody.
select max(extract(epoch from pg_catalog.clock_timestamp() - a.xact_start))::float8 as seconds
from pg_catalog.pg_locks l
join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.locktype = 'relation' and l.granted and l.pid <> $2
  and l.relation = any (select pg_catalog.to_regclass(name)::oid from pg_catalog.unnest($1::text[]) as name);
