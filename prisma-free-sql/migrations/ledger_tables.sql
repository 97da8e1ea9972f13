-- Where the ledger of a migration tool lies, whether we may read it, and which columns it has.
-- $1: the name of the table as the tool calls it.
select n.nspname as schema,
       has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') as readable,
       array(select a.attname::text from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relname = $1 and c.relkind in ('r', 'p') and n.nspname !~ '^pg_'
order by n.nspname <> 'public', n.nspname
