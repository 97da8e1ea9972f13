-- Purpose: the columns of tables as they are now, to be compared with those that a plan knows.
-- Parameters: $1 = schemas, $2 = names, one per table.
-- Lock: ACCESS SHARE on the catalogs only.
select n.nspname as schema, c.relname as name,
       array_agg(pg_catalog.format('%s %s %s', a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' else 'null' end) order by a.attnum) as columns
from unnest($1::text[], $2::text[]) as wanted (schema, name)
join pg_catalog.pg_namespace n on n.nspname = wanted.schema
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.name
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
group by n.nspname, c.relname;
