-- How the server is, in one row: connections, replicas, backups under way, the archive of WAL. Without pg_read_all_stats (`sees` is false) lag and other
-- roles' sessions are null, which is not the same as none. No lock on a table.
select pg_catalog.pg_is_in_recovery() as standby,
       pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'usage') as sees,
       json_build_object(
         'used', (select count(*) from pg_catalog.pg_stat_activity a where a.backend_type = 'client backend'),
         'most', pg_catalog.current_setting('max_connections')::int - pg_catalog.current_setting('superuser_reserved_connections')::int
                 - coalesce(pg_catalog.current_setting('reserved_connections', true)::int, 0)) as connections,
       (select coalesce(json_agg(json_build_object(
          'name', coalesce(nullif(r.application_name, ''), r.pid::text), 'state', r.state,
          'lagSeconds', extract(epoch from coalesce(r.replay_lag, r.flush_lag))::float8,
          'bytes', case when pg_catalog.pg_is_in_recovery() then null else pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), r.replay_lsn)::float8 end) order by r.pid), '[]'::json)
        from pg_catalog.pg_stat_replication r where r.state is distinct from 'backup') as replicas,
       (select coalesce(json_agg(json_build_object('pid', a.pid, 'application', a.application_name, 'state', coalesce(a.state, 'unknown'),
          'seconds', extract(epoch from pg_catalog.clock_timestamp() - a.xact_start)::float8, 'query', pg_catalog.left(coalesce(a.query, ''), 200)) order by a.xact_start), '[]'::json)
        from pg_catalog.pg_stat_activity a where a.datname = pg_catalog.current_database() and a.application_name in ('pg_dump', 'pg_dumpall')) as dumps,
       (select count(*)::int from pg_catalog.pg_stat_progress_basebackup) as "baseBackups",
       (select json_build_object(
          'on', pg_catalog.current_setting('archive_mode') <> 'off', 'failed', s.failed_count,
          'archivedAt', to_char(s.last_archived_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
          'failedAt', to_char(s.last_failed_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
        from pg_catalog.pg_stat_archiver s) as archive;
