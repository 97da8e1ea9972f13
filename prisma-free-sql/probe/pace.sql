-- By what a run in batches is held back: the largest lag of a replica in seconds (null: no replica, or the role may not see it), and how
-- much WAL the server has written in its life.
select (select extract(epoch from max(coalesce(r.replay_lag, r.flush_lag)))::float8 from pg_catalog.pg_stat_replication r where r.state = 'streaming') as lag,
  pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::float8 as wal;
