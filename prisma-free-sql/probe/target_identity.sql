-- Which database this really is. The two pg_control functions may be called by everybody.
-- A physical clone shares system_identifier; a promoted standby has a higher timeline.
select (select system_identifier::text from pg_catalog.pg_control_system()) as system_identifier,
       (select timeline_id from pg_catalog.pg_control_checkpoint()) as timeline,
       d.oid::bigint as database_oid,
       d.datname::text as database,
       pg_catalog.current_setting('server_version_num')::integer as server_version
from pg_catalog.pg_database d
where d.datname = pg_catalog.current_database();
