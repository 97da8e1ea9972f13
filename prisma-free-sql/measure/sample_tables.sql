-- Purpose: what a sample of a database is taken from: every ordinary table outside the system schemas and Countersign's own that no extension owns, with the
-- columns that can be written, its primary key and the planner's estimate of its rows (null: none). readable: the asking role may read it; hidden: row
-- security would hide rows from it.
-- Lock: ACCESS SHARE on the catalogs.
select c.oid::text as relation, n.nspname::text as schema, c.relname::text as name,
  case when c.reltuples < 0 then null else c.reltuples::float8 end as estimate,
  pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_table_privilege(c.oid, 'SELECT') as readable,
  pg_catalog.row_security_active(c.oid) as hidden,
  (select coalesce(json_agg(json_build_object('name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod)) order by a.attnum), '[]'::json)
   from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
  (select coalesce(json_agg(a.attname order by k.place), '[]'::json)
   from pg_catalog.pg_index i
   cross join lateral unnest((i.indkey::smallint[])[0:i.indnkeyatts - 1]) with ordinality k (attnum, place)
   join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
   where i.indrelid = c.oid and i.indisprimary) as key
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence in ('p', 'u')
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select 1 from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
order by n.nspname collate "C", c.relname collate "C";
