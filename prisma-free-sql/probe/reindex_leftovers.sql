-- What a REINDEX CONCURRENTLY that was broken off leaves beside the index ($1 schema, $2 name): invalid, and named after it.
select n.nspname::text as schema, ic.relname::text as name
from pg_catalog.pg_class ic
join pg_catalog.pg_namespace n on n.oid = ic.relnamespace
join pg_catalog.pg_index i on i.indexrelid = ic.oid
where n.nspname = $1 and not i.indisvalid
  and i.indrelid = (select own.indrelid from pg_catalog.pg_index own join pg_catalog.pg_class oc on oc.oid = own.indexrelid where oc.relname = $2 and oc.relnamespace = n.oid)
  and ic.relname ~ '_cc(new|old)[0-9]*$' and starts_with(ic.relname, pg_catalog.left(pg_catalog.regexp_replace($2, '_cc(new|old)[0-9]*$', ''), 50));
