-- Purpose: where sequences stand, so that a copy gives no number again. Those that were never used, or that the asking role may not see, are left out.
-- Lock: ACCESS SHARE on each sequence for a moment.
select schemaname::text as schema, sequencename::text as name, last_value::text as last
from pg_catalog.pg_sequences where last_value is not null and schemaname !~ '^countersign(_|$)';
