-- Purpose: which database this really is; part of what an approval signs. The timeline tells a failover apart, the oid a dropped and
-- created namesake.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select s.system_identifier::text as system_identifier,
       k.timeline_id as timeline,
       d.oid::bigint::text as database_oid,
       d.datname::text as database,
       current_setting('server_version_num')::int as server_version,
       to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as read_at
from pg_catalog.pg_control_system() s, pg_catalog.pg_control_checkpoint() k, pg_catalog.pg_database d
where d.datname = current_database()
