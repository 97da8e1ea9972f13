-- Purpose: which relations of this database a session has locked, and how.
-- Parameters: $1 the process id of the session.
select l.relation::text as relation, l.mode
from pg_catalog.pg_locks l
where l.pid = $1 and l.locktype = 'relation' and l.granted
  and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database());
