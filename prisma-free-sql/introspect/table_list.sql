-- Purpose: every ordinary and partitioned table with what is said of the table itself; columns, constraints and indexes have their own files.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs, and for a moment on each partition (its bound is deparsed).
with parent as (
  select i.inhrelid,
         array_agg(pn.nspname::text order by i.inhseqno) as schemas,
         array_agg(pc.relname::text order by i.inhseqno) as names,
         array_agg(pc.relkind = 'f' order by i.inhseqno) as foreigners
  from pg_catalog.pg_inherits i
  join pg_catalog.pg_class pc on pc.oid = i.inhparent and pc.relkind in ('r', 'p', 'f')
  join pg_catalog.pg_namespace pn on pn.oid = pc.relnamespace
  group by i.inhrelid
)
select c.oid, pg_catalog.pg_get_userbyid(c.relowner)::text as owner, n.nspname::text as schema, c.relname::text as name,
       case c.relpersistence when 'u' then 'unlogged' else 'permanent' end as persistence,
       c.relkind = 'p' as partitioned,
       case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end as partition_key,
       case when c.relispartition then pg_catalog.pg_get_expr(c.relpartbound, c.oid) end as partition_bound,
       c.relispartition as partition,
       coalesce(p.schemas, '{}') as parent_schemas, coalesce(p.names, '{}') as parent_names, coalesce(p.foreigners, '{}') as parents_foreign,
       case when c.reloftype <> 0 then pg_catalog.format_type(c.reloftype, null) end as of_type,
       c.relrowsecurity as row_security, c.relforcerowsecurity as force_row_security,
       case c.relreplident when 'n' then 'nothing' when 'f' then 'full' when 'i' then 'index' else 'default' end as replica_identity,
       (select ic.relname::text from pg_catalog.pg_index i join pg_catalog.pg_class ic on ic.oid = i.indexrelid
        where c.relreplident = 'i' and i.indrelid = c.oid and i.indisreplident) as replica_identity_index,
       coalesce(c.reloptions, '{}') || coalesce((select array_agg('toast.' || o) from unnest(t.reloptions) o), '{}') as options,
       am.amname::text as access_method
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join parent p on p.inhrelid = c.oid
left join pg_catalog.pg_class t on t.oid = c.reltoastrelid
left join pg_catalog.pg_am am on am.oid = c.relam
where c.relkind in ('r', 'p') and c.relpersistence <> 't'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
