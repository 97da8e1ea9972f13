-- Purpose: every sequence: those of its own, those of serial columns included (with the column that owns them), and those of identity columns, which
-- are no objects but a part of their column (`identity_of`, `identity_position`). The position of a sequence is data, not schema, and is left out.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
with link as (
  select d.objid, d.refobjid, d.refobjsubid, d.deptype
  from pg_catalog.pg_depend d
  where d.classid = 'pg_class'::regclass and d.objid >= 16384 and d.objsubid = 0 and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
)
select c.oid, pg_catalog.pg_get_userbyid(c.relowner)::text as owner, n.nspname::text as schema, c.relname::text as name,
       pg_catalog.format_type(s.seqtypid, null) as type,
       s.seqstart::text as start, s.seqincrement::text as increment, s.seqmin::text as min, s.seqmax::text as max, s.seqcache::text as cache, s.seqcycle as cycle,
       case c.relpersistence when 'u' then 'unlogged' else 'permanent' end as persistence,
       -- Of an identity column's, where it is not the table's: since Postgres 15 the two go together until somebody says otherwise.
       case when l.deptype = 'i' and pg_catalog.current_setting('server_version_num')::int >= 150000
         then (select case c.relpersistence when 'u' then 'UNLOGGED' else 'LOGGED' end from pg_catalog.pg_class t where t.oid = l.refobjid and t.relpersistence <> c.relpersistence) end as logged,
       o_n.nspname::text as owner_schema, o.relname::text as owner_table,
       case when o.oid is not null then (select a.attname::text from pg_catalog.pg_attribute a where a.attrelid = l.refobjid and a.attnum = l.refobjsubid) end as owner_column,
       case l.deptype when 'i' then l.refobjid end as identity_of, case l.deptype when 'i' then l.refobjsubid end as identity_position
from pg_catalog.pg_sequence s
join pg_catalog.pg_class c on c.oid = s.seqrelid and c.relkind = 'S'
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join link l on l.objid = s.seqrelid
left join pg_catalog.pg_class o on o.oid = l.refobjid and l.deptype = 'a' and o.relkind in ('r', 'p', 'f', 'v', 'm')
left join pg_catalog.pg_namespace o_n on o_n.oid = o.relnamespace
where c.relpersistence <> 't'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
