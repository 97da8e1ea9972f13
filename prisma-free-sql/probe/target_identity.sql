-- Which database this really is. The two pg_control functions may be called by everybody.
-- A physical clone shares system_identifier; a promoted standby has a higher timeline. What is written tells it at once: the first checkpoint
-- behind a promotion may be minutes away. A standby writes nothing, Aurora has no such position, and a role may have lost the right to ask.
select (select system_identifier::text from pg_catalog.pg_control_system()) as system_identifier,
       case
         when pg_catalog.pg_is_in_recovery() or pg_catalog.to_regproc('pg_catalog.aurora_version') is not null
           or not pg_catalog.has_function_privilege('pg_catalog.pg_current_wal_insert_lsn()', 'execute') or not pg_catalog.has_function_privilege('pg_catalog.pg_walfile_name(pg_lsn)', 'execute')
         then (select timeline_id from pg_catalog.pg_control_checkpoint())
         else ('x' || left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 8))::bit(32)::integer
       end as timeline,
       d.oid::bigint as database_oid,
       d.datname::text as database,
       pg_catalog.current_setting('server_version_num')::integer as server_version
from pg_catalog.pg_database d
where d.datname = pg_catalog.current_database();
