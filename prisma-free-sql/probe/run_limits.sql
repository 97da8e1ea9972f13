-- For the session of a run, once: no limit that the database or the role lays down for its application (transaction_timeout exists since 17), and the
-- server asks after 15 s of silence whether the other end is still there, so that the lock of a run does not stay with a connection that a network swallowed.
-- Answers how long a waiting session waits before it looks for a deadlock. Not by pg_settings, which needs a temporary file where work_mem is small.
select pg_catalog.set_config('idle_session_timeout', '0', false),
       case when pg_catalog.current_setting('transaction_timeout', true) is not null then pg_catalog.set_config('transaction_timeout', '0', false) end,
       pg_catalog.set_config('tcp_keepalives_idle', '15', false),
       pg_catalog.set_config('tcp_keepalives_interval', '5', false),
       pg_catalog.set_config('tcp_keepalives_count', '3', false),
       (extract(epoch from pg_catalog.current_setting('deadlock_timeout')::pg_catalog.interval) * 1000)::integer as "deadlockMs";
