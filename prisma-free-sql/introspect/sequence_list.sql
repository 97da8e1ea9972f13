-- Purpose: every sequence of its own, those of serial columns included (with the column that owns them); those of identity columns belong
-- to their column (introspect/column_list). The position of a sequence is data, not schema, and is left out.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
with link as (
  select d.objid, d.refobjid, d.refobjsubid, d.deptype
  from pg_catalog.pg_depend d
  where d.classid = 'pg_class'::regclass and d.objsubid = 0 and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
)
select c.oid, pg_catalog.pg_get_userbyid(c.relowner)::text as owner, n.nspname::text as schema, c.relname::text as name,
       pg_catalog.format_type(s.seqtypid, null) as type,
       s.seqstart::text as start, s.seqincrement::text as increment, s.seqmin::text as min, s.seqmax::text as max, s.seqcache::text as cache, s.seqcycle as cycle,
       case c.relpersistence when 'u' then 'unlogged' else 'permanent' end as persistence,
       o_n.nspname::text as owner_schema, o.relname::text as owner_table, a.attname::text as owner_column
from pg_catalog.pg_sequence s
join pg_catalog.pg_class c on c.oid = s.seqrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join link l on l.objid = c.oid
left join pg_catalog.pg_class o on o.oid = l.refobjid
left join pg_catalog.pg_namespace o_n on o_n.oid = o.relnamespace
left join pg_catalog.pg_attribute a on a.attrelid = l.refobjid and a.attnum = l.refobjsubid
where l.deptype is distinct from 'i' and c.relpersistence <> 't'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
