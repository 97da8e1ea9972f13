-- Purpose: every index of a table that does not back a constraint (those belong to their constraint). `prefix` is how the definition must
-- begin; what follows it is the part that can be put on another table.
-- Parameters: none. Expects quote_all_identifiers = off besides the empty search_path.
-- Lock: ACCESS SHARE on the catalogs, and for a moment on each table with an index on an expression or a condition (it is deparsed).
with setting as (
  select x.attrelid as oid, array_agg(x.attnum || ' SET STATISTICS ' || x.attstattarget order by x.attnum) as list
  from pg_catalog.pg_attribute x join pg_catalog.pg_class xc on xc.oid = x.attrelid and xc.relkind in ('i', 'I')
  where x.attstattarget >= 0 and x.attrelid >= 16384
  group by x.attrelid
)
select ic.oid, c.relkind::text as relkind, n.nspname::text as schema, c.relname::text as table, ic.relname::text as name,
       pg_catalog.pg_get_indexdef(i.indexrelid) as definition,
       'CREATE ' || case when i.indisunique then 'UNIQUE ' else '' end || 'INDEX ' || quote_ident(ic.relname) || ' ON '
         || case when ic.relkind = 'I' then 'ONLY ' else '' end || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ' USING ' as prefix,
       am.amname::text as method,
       i.indisunique as unique,
       i.indisvalid and i.indisready and i.indislive as valid,
       -- Numbers of the columns, which the caller knows by name; names and expressions where there are expressions, or columns in no list.
       case when i.indexprs is null and c.relkind <> 'm' then i.indrelid end as columns_of,
       case when i.indexprs is null and c.relkind <> 'm' then array_to_string((i.indkey::smallint[])[:i.indnkeyatts - 1], ' ') end as column_numbers,
       case when i.indexprs is not null or c.relkind = 'm' then
         (select array_agg(coalesce(a.attname::text, pg_catalog.pg_get_indexdef(i.indexrelid, k.ord::int, false)) order by k.ord)
          from unnest(i.indkey::smallint[]) with ordinality k (num, ord)
          left join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.num and k.num <> 0
          where k.ord <= i.indnkeyatts) end as columns,
       pg_catalog.pg_get_expr(i.indpred, i.indrelid) as predicate,
       i.indisclustered as clustered,
       ic.relispartition as inherited,
       parent.schema as parent_schema, parent.table as parent_table, parent.name as parent_name,
       setting.list as column_settings
from pg_catalog.pg_index i
join pg_catalog.pg_class ic on ic.oid = i.indexrelid
join pg_catalog.pg_am am on am.oid = ic.relam
join pg_catalog.pg_class c on c.oid = i.indrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join lateral (
  select pn.nspname::text as schema, pc.relname::text as table, pic.relname::text as name
  from pg_catalog.pg_inherits h
  join pg_catalog.pg_class pic on pic.oid = h.inhparent
  join pg_catalog.pg_index pi on pi.indexrelid = h.inhparent
  join pg_catalog.pg_class pc on pc.oid = pi.indrelid
  join pg_catalog.pg_namespace pn on pn.oid = pc.relnamespace
  where h.inhrelid = ic.oid) parent on ic.relispartition
left join setting on setting.oid = ic.oid
where c.relkind in ('r', 'p', 'm') and c.relpersistence <> 't'
  -- Ours, of columns that stand beside those that the application uses.
  and ic.relname !~ '^countersign_[0-9a-f]{8}_(new|old)_'
  and not exists (select from pg_catalog.pg_constraint con where con.conindid = i.indexrelid and con.conrelid = i.indrelid and con.contype in ('p', 'u', 'x'))
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
