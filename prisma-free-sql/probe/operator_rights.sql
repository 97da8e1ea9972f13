-- What keeps the operator from working: a table ($1: regclass texts) or schema ($2: names) of the plan that it may not change.
-- Owners only may alter a table; CREATE on the database is needed for the ledger's and the plan's own schemas.
select pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') as may_create_schema,
       array(select c.oid::pg_catalog.regclass::text
             from pg_catalog.unnest($1::text[]) as name
             join pg_catalog.pg_class c on c.oid = pg_catalog.to_regclass(name)::oid
             where not pg_catalog.pg_has_role(c.relowner, 'USAGE')
             order by 1) as not_owned,
       array(select n.nspname::text
             from pg_catalog.pg_namespace n
             where n.nspname = any ($2::text[]) and not pg_catalog.has_schema_privilege(n.oid, 'CREATE')
             order by 1) as no_create;
