-- Is the ledger there, and may this role read it? From the catalog alone: a name that one may not look up would be an error.
select count(*) > 0 as there,
       coalesce(bool_and(pg_catalog.has_schema_privilege(n.oid, 'usage') and pg_catalog.has_table_privilege(c.oid, 'select')), false) as readable
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'countersign' and c.relname = 'step';
