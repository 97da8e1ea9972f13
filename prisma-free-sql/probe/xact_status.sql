-- What became of the transaction $1 (xid8 as text): committed, aborted, in progress, or null when the server no longer knows.
-- Raises 22023 when the number lies in the future: then this server has lost it, or is another one.
select pg_catalog.pg_xact_status($1::text::xid8) as status;
