-- Age in seconds of the oldest transaction that holds any lock on the tables (schemas $1, names $2), except the backend $3. Null: nobody.
select max(extract(epoch from pg_catalog.clock_timestamp() - a.xact_start))::float8 as seconds
from unnest($1::text[], $2::text[]) as wanted (schema, name)
join pg_catalog.pg_namespace n on n.nspname = wanted.schema
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.name
join pg_catalog.pg_locks l on l.locktype = 'relation' and l.relation = c.oid
 and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.granted and l.pid <> $3;
