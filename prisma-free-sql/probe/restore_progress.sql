-- How far pg_restore ($1: its application_name) is: the table it copies in now, as schema.name, and the rows so far.
select n.nspname || '.' || c.relname as name, coalesce(p.tuples_processed, 0)::float8 as rows
from pg_catalog.pg_stat_progress_copy p
join pg_catalog.pg_stat_activity a on a.pid = p.pid
join pg_catalog.pg_class c on c.oid = p.relid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where a.application_name = $1 and p.datname = pg_catalog.current_database() and p.command = 'COPY FROM';
