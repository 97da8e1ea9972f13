-- Which backend serves this session.
select a.pid, a.backend_start::text as backend_start
from pg_catalog.pg_stat_activity a
where a.pid = pg_catalog.pg_backend_pid();
