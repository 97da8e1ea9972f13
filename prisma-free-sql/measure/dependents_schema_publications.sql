-- Publications that take in every table of a schema: from Postgres 15 on. $1: schemas, $2: names, one per table.
select n.nspname::text as schema, c.relname::text as name, 'publication of its schema' as kind, p.pubname::text as description
from unnest($1::text[], $2::text[]) as wanted(schema, name)
join pg_catalog.pg_namespace n on n.nspname = wanted.schema
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.name
join pg_catalog.pg_publication_namespace pn on pn.pnnspid = n.oid
join pg_catalog.pg_publication p on p.oid = pn.pnpubid
order by 1, 2, 4
