-- Ordinary tables of the named schemas: what a plan keeps until clean-up, and what a rollback kept aside.
-- $1 text[]: schema names. Lock: none on the tables, catalogs only.
SELECT n.nspname AS schema, c.relname AS name
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'p')
ORDER BY n.nspname, c.relname
