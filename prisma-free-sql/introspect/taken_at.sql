-- Purpose: when the transaction that reads the schema began, by the server's clock.
-- Parameters: none.
-- Lock: none.
select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as taken_at
