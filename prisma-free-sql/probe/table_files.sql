-- Purpose: the file of every table, by which a rewrite shows: it has another one afterwards. Without system schemas and Countersign's ledger.
select c.oid::text as relation, pg_catalog.format('%s.%s', n.nspname, c.relname) as name, pg_catalog.pg_relation_filenode(c.oid)::text as file
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'm') and c.relpersistence <> 't'
  and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'countersign');
