-- Who holds the lock of probe/advisory_try.sql in this database. outside: it is at a statement that runs outside a transaction.
select a.pid, a.application_name, a.backend_start::text as backend_start, coalesce(a.state, 'unknown') as state,
       a.state = 'active' and a.query ~* '^\s*((create|drop|reindex)\s.*\sconcurrently\s|vacuum\s)' as outside
from pg_catalog.pg_locks l
join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted and l.classid = 1129531214 and l.objid = 1 and l.objsubid = 2
  and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database());
