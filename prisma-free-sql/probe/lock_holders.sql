-- Who holds or waits for locks on the tables $1 (regclass texts) that keep other modes out, except the backend $2. Asked right after a lock
-- timeout, when the wait itself is over and pg_blocking_pids is silent. $3 = the modes that conflict with what was wanted.
select b.pid,
       coalesce(nullif(b.application_name, ''), b.backend_type, 'unknown') as application,
       coalesce(b.state, 'unknown') as state,
       coalesce(extract(epoch from pg_catalog.clock_timestamp() - b.xact_start), 0)::float8 as seconds,
       pg_catalog.left(coalesce(b.query, ''), 200) as query
from (select distinct l.pid from pg_catalog.pg_locks l
      where l.locktype = 'relation' and l.granted and l.pid <> $2
        and l.relation = any (select pg_catalog.to_regclass(name)::oid from pg_catalog.unnest($1::text[]) as name)
        and l.mode = any ($3::text[])) held
join pg_catalog.pg_stat_activity b on b.pid = held.pid
order by b.xact_start nulls last, b.pid;
