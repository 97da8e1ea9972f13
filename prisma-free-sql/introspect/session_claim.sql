-- Purpose: mark this session with a word of its own, so that introspect/session_probe can tell whether it is still the same session.
-- Parameters: $1 text, the word.
-- Lock: none.
select pg_backend_pid() as pid, set_config('countersign.probe', $1, false) as word
