-- What keeps the operator from working: tables (schemas $1, names $2) that it may not alter, because it is not in the role that owns them.
-- CREATE on the database is needed for the ledger's schema, unless a DBA has installed it, and for the schema that keeps the originals.
select pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') as may_create_schema,
       array(select pg_catalog.format('%s.%s', n.nspname, c.relname)
             from unnest($1::text[], $2::text[]) as wanted (schema, name)
             join pg_catalog.pg_namespace n on n.nspname = wanted.schema
             join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.name
             where not pg_catalog.pg_has_role(c.relowner, 'USAGE')
             order by 1) as not_owned;
