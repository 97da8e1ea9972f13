-- Is the ledger there? Asked before install.sql, because CREATE … IF NOT EXISTS asks for rights even when there is nothing to create:
-- a DBA may run install.sql beforehand and give the operator no CREATE on the database.
select pg_catalog.to_regclass('countersign.run') is not null and pg_catalog.to_regclass('countersign.step') is not null
   and pg_catalog.to_regclass('countersign.progress') is not null as installed;
