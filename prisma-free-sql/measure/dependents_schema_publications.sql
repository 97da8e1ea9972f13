-- Publications that take in every table of a schema: from Postgres 15 on. $1: schemas, $2: names, one per table.
-- With a slot that decodes changes, what is written into a table of that schema is sent.
select n.nspname::text as schema, c.relname::text as name,
       case when exists (select from pg_catalog.pg_replication_slots s where s.slot_type = 'logical' and s.database = current_database()) then 'publication of its schema with a slot' else 'publication of its schema' end as kind, p.pubname::text as description
from unnest($1::text[], $2::text[]) as wanted(schema, name)
join pg_catalog.pg_namespace n on n.nspname = wanted.schema
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.name
join pg_catalog.pg_publication_namespace pn on pn.pnnspid = n.oid
join pg_catalog.pg_publication p on p.oid = pn.pnpubid
order by 1, 2, 4
