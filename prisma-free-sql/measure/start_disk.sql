-- What the data directory takes with its tablespaces, in bytes; null when one of them may not be measured: half a sum would look like room. The WAL may lie on
-- another volume and is left out, so that what is free by this figure is never too little. Reads directories, no lock.
select case when pg_catalog.bool_and(pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'usage') or pg_catalog.has_tablespace_privilege(t.oid, 'create'))
            then sum(case when pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'usage') or pg_catalog.has_tablespace_privilege(t.oid, 'create') then pg_catalog.pg_tablespace_size(t.oid) end)::float8 end as used
from pg_catalog.pg_tablespace t
where t.spcname in ('pg_default', 'pg_global');
