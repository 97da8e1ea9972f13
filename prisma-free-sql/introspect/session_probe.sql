-- Purpose: is this still the session that was claimed, and may it write? Behind a transaction pooler the backend or the setting changes,
-- or the startup option (countersign.session) never arrived.
-- Parameters: none.
-- Lock: none.
select pg_backend_pid() as pid,
       current_setting('countersign.probe', true) as word,
       current_setting('countersign.session', true) as startup,
       current_setting('transaction_read_only') = 'on' as read_only,
       pg_is_in_recovery() as standby
