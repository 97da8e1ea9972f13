-- Purpose: every trigger that a person made, on tables, partitioned tables, views and foreign tables; the clones that partitions get are their parent's, and named where they fire otherwise.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs, and for a moment on what is deparsed.
with recursive clone (root, oid, relation, enabled) as (
  select t.oid, x.oid, x.tgrelid, x.tgenabled from pg_catalog.pg_trigger t join pg_catalog.pg_trigger x on x.tgparentid = t.oid where t.tgparentid = 0 and not t.tgisinternal
  union all select clone.root, x.oid, x.tgrelid, x.tgenabled from clone join pg_catalog.pg_trigger x on x.tgparentid = clone.oid
), otherwise as (
  select clone.root, array_agg(quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ' ' || case clone.enabled when 'O' then 'origin' when 'D' then 'disabled' when 'R' then 'replica' else 'always' end order by n.nspname, c.relname) as states
  from clone join pg_catalog.pg_trigger t on t.oid = clone.root and t.tgenabled <> clone.enabled
  join pg_catalog.pg_class c on c.oid = clone.relation join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  group by clone.root
)
select t.oid, n.nspname::text as schema, c.relname::text as relation, c.relkind::text as relkind, t.tgname::text as name,
       pg_catalog.pg_get_triggerdef(t.oid) as definition,
       case t.tgenabled when 'O' then 'origin' when 'D' then 'disabled' when 'R' then 'replica' else 'always' end as enabled,
       coalesce(o.states, '{}') as on_partitions,
       t.tgconstraint as constraint_oid
from pg_catalog.pg_trigger t
join pg_catalog.pg_class c on c.oid = t.tgrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join otherwise o on o.root = t.oid
where not t.tgisinternal and t.tgparentid = 0 and c.relpersistence <> 't'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  -- Ours, that note changed keys while a table is rebuilt beside it.
  and not exists (select from pg_catalog.pg_proc p join pg_catalog.pg_namespace pn on pn.oid = p.pronamespace where p.oid = t.tgfoid and pn.nspname ~ '^countersign(_|$)')
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_trigger'::regclass and d.objid = t.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
