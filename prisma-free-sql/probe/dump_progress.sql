-- How far pg_dump ($1: its application_name) is: the table it copies out now, and the rows so far. No row = between two tables.
-- The rows of other roles are hidden unless the asking role is the same, or a member of pg_read_all_stats.
select p.relid::text as relation, p.relid::regclass::text as name, coalesce(p.tuples_processed, 0)::float8 as rows
from pg_catalog.pg_stat_progress_copy p
join pg_catalog.pg_stat_activity a on a.pid = p.pid
where a.application_name = $1 and p.datname = pg_catalog.current_database() and p.command = 'COPY TO' and p.relid <> 0;
