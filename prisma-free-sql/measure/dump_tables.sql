-- Every table whose rows pg_dump writes: ordinary tables outside the system schemas that no extension owns. rows: the planner's estimate,
-- null when there is none. readable: the asking role may copy them out; hidden: row security would hide rows from it, so that pg_dump refuses.
select c.oid::text as relation, n.nspname as schema, c.relname as name,
  case when c.reltuples < 0 then null else c.reltuples::float8 end as rows,
  pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_table_privilege(c.oid, 'SELECT') as readable,
  pg_catalog.row_security_active(c.oid) as hidden
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence in ('p', 'u')
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (select 1 from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
order by n.nspname collate "C", c.relname collate "C";
