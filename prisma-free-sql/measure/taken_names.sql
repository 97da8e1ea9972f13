-- Which of these names a relation or a type has already: a table needs both, because its row type has its name.
-- $1: schemas, $2: names, one per name.
select distinct wanted.schema, wanted.name
from unnest($1::text[], $2::text[]) as wanted(schema, name)
join pg_catalog.pg_namespace n on n.nspname = wanted.schema
where exists (select from pg_catalog.pg_class c where c.relnamespace = n.oid and c.relname = wanted.name)
   or exists (select from pg_catalog.pg_type t where t.typnamespace = n.oid and t.typname = wanted.name)
order by 1, 2
