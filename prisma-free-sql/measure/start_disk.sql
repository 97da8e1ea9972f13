-- What the data directory takes: its tablespaces and, where the role may look, the WAL. Null when one of them may not be measured: half a sum would look like
-- room. The server does not tell how large its disk is; that is said in the configuration. Reads directories, no lock.
select case when pg_catalog.bool_and(pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'usage') or pg_catalog.has_tablespace_privilege(t.oid, 'create'))
            then sum(pg_catalog.pg_tablespace_size(t.oid))::float8
                 + case when pg_catalog.has_function_privilege('pg_catalog.pg_ls_waldir()', 'execute') then (select coalesce(sum(w.size), 0)::float8 from pg_catalog.pg_ls_waldir() w) else 0 end
       end as used
from pg_catalog.pg_tablespace t
where t.spcname in ('pg_default', 'pg_global');
