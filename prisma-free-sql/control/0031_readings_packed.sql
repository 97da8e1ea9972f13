-- A reading of ten thousand tables is a hundred megabytes of text: it took seconds to be stored, because the server reads JSON before it keeps it, and seconds to come back. Now it is kept packed
-- (zstd, RFC 8878), one to two hundredths of that; `content` holds what is asked for in SQL (target, takenAt). Rows from before hold everything there, and no `packed`.
-- A web process or worker of the release before reads no objects in new rows, and says an error where it would show them: stop it before this runs, or start it anew soon.
-- Lock: ACCESS EXCLUSIVE on the table for a moment; no row is written.
alter table snapshot add column packed bytea;
alter table snapshot alter column packed set storage external;
