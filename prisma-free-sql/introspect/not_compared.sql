-- Purpose: how many objects exist of each kind that this version does not compare, so that they are named and never dropped in silence.
-- Members of extensions are not the user's objects; system schemas and Countersign's own are left out. User objects have an oid from
-- 16384 on (FirstNormalObjectId), which tells those without a schema apart from the server's own.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
with space as (
  select n.oid from pg_catalog.pg_namespace n
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
), member as (
  select d.classid, d.objid from pg_catalog.pg_depend d where d.deptype = 'e'
), found (kind, classid, objid) as (
  select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' else 'composite type' end, 'pg_class'::regclass::oid, c.oid
    from pg_catalog.pg_class c where c.relkind in ('v', 'm', 'f', 'c') and c.relpersistence <> 't' and c.relnamespace in (select oid from space)
  union all select case p.prokind when 'a' then 'aggregate' when 'p' then 'procedure' else 'function' end, 'pg_proc'::regclass, p.oid
    from pg_catalog.pg_proc p where p.pronamespace in (select oid from space)
      and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i')
  union all select 'trigger', 'pg_trigger'::regclass, t.oid
    from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid where not t.tgisinternal and c.relnamespace in (select oid from space)
  union all select 'policy', 'pg_policy'::regclass, p.oid
    from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid where c.relnamespace in (select oid from space)
  union all select 'rule', 'pg_rewrite'::regclass, r.oid
    from pg_catalog.pg_rewrite r join pg_catalog.pg_class c on c.oid = r.ev_class
    where c.relnamespace in (select oid from space) and not (c.relkind in ('v', 'm') and r.rulename = '_RETURN')
  union all select case t.typtype when 'd' then 'domain' when 'r' then 'range type' else 'base type' end, 'pg_type'::regclass, t.oid
    from pg_catalog.pg_type t
    where (t.typtype in ('d', 'r') or (t.typtype = 'b' and not exists (select from pg_catalog.pg_type e where e.typarray = t.oid)))
      and t.typnamespace in (select oid from space)
  union all select 'extended statistics', 'pg_statistic_ext'::regclass, s.oid from pg_catalog.pg_statistic_ext s where s.stxnamespace in (select oid from space)
  union all select 'collation', 'pg_collation'::regclass, c.oid from pg_catalog.pg_collation c where c.collnamespace in (select oid from space)
  union all select 'conversion', 'pg_conversion'::regclass, c.oid from pg_catalog.pg_conversion c where c.connamespace in (select oid from space)
  union all select 'operator', 'pg_operator'::regclass, o.oid from pg_catalog.pg_operator o where o.oprnamespace in (select oid from space)
  union all select 'operator class', 'pg_opclass'::regclass, o.oid from pg_catalog.pg_opclass o where o.opcnamespace in (select oid from space)
  union all select 'operator family', 'pg_opfamily'::regclass, o.oid from pg_catalog.pg_opfamily o where o.opfnamespace in (select oid from space)
  union all select 'text search configuration', 'pg_ts_config'::regclass, t.oid from pg_catalog.pg_ts_config t where t.cfgnamespace in (select oid from space)
  union all select 'text search dictionary', 'pg_ts_dict'::regclass, t.oid from pg_catalog.pg_ts_dict t where t.dictnamespace in (select oid from space)
  union all select 'text search parser', 'pg_ts_parser'::regclass, t.oid from pg_catalog.pg_ts_parser t where t.prsnamespace in (select oid from space)
  union all select 'text search template', 'pg_ts_template'::regclass, t.oid from pg_catalog.pg_ts_template t where t.tmplnamespace in (select oid from space)
  union all select 'extension', 'pg_extension'::regclass, e.oid from pg_catalog.pg_extension e where e.extname <> 'plpgsql'
  union all select 'cast', 'pg_cast'::regclass, c.oid from pg_catalog.pg_cast c where c.oid >= 16384
    and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_cast'::regclass and d.objid = c.oid and d.deptype = 'i')
  union all select 'language', 'pg_language'::regclass, l.oid from pg_catalog.pg_language l where l.oid >= 16384
  union all select 'transform', 'pg_transform'::regclass, t.oid from pg_catalog.pg_transform t where t.oid >= 16384
  union all select 'access method', 'pg_am'::regclass, a.oid from pg_catalog.pg_am a where a.oid >= 16384
  union all select 'event trigger', 'pg_event_trigger'::regclass, e.oid from pg_catalog.pg_event_trigger e
  union all select 'publication', 'pg_publication'::regclass, p.oid from pg_catalog.pg_publication p
  union all select 'subscription', 'pg_subscription'::regclass, s.oid from pg_catalog.pg_subscription s
    where s.subdbid = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
  union all select 'foreign data wrapper', 'pg_foreign_data_wrapper'::regclass, f.oid from pg_catalog.pg_foreign_data_wrapper f
  union all select 'foreign server', 'pg_foreign_server'::regclass, f.oid from pg_catalog.pg_foreign_server f
  union all select 'default privileges', 'pg_default_acl'::regclass, a.oid from pg_catalog.pg_default_acl a
    where a.defaclnamespace = 0 or a.defaclnamespace in (select oid from space)
)
select f.kind, count(*)::int as count
from found f
where not exists (select from member m where m.classid = f.classid and m.objid = f.objid)
group by f.kind
union all
select 'comment', count(*)::int
from pg_catalog.pg_description d
join pg_catalog.pg_class c on d.classoid = 'pg_class'::regclass and c.oid = d.objoid
where c.relnamespace in (select oid from space) and not exists (select from member m where m.classid = 'pg_class'::regclass and m.objid = c.oid)
having count(*) > 0
union all
select 'relation with grants', count(*)::int
from pg_catalog.pg_class c
where c.relacl is not null and c.relnamespace in (select oid from space) and not exists (select from member m where m.classid = 'pg_class'::regclass and m.objid = c.oid)
having count(*) > 0
order by 1
