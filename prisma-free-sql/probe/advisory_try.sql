-- One Countersign run per database at a time. Advisory locks are local to the database, so the key is the same everywhere:
-- 'CSGN' in ASCII, and 1 for "a run". Tried, never waited for: a session that waits in pg_advisory_lock holds a snapshot.
select pg_catalog.pg_try_advisory_lock(1129531214, 1) as got;
