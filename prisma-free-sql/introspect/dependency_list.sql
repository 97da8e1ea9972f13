-- Purpose: what depends on what, by catalog and oid. Types, rules and indexes that only stand for another object (a table's row type, an array, a view's rule, the index of a key, an extension's member) are replaced by that object.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
with alias (classid, objid, toclass, toobj, tosub) as (
  select 'pg_type'::regclass::oid, t.oid, 'pg_class'::regclass::oid, t.typrelid, 0 from pg_catalog.pg_type t join pg_catalog.pg_class c on c.oid = t.typrelid and c.relkind <> 'c' where t.oid >= 16384
  union all select 'pg_type'::regclass, a.oid, case when e.typrelid <> 0 and c.relkind <> 'c' then 'pg_class'::regclass else 'pg_type'::regclass end, case when e.typrelid <> 0 and c.relkind <> 'c' then e.typrelid else coalesce(r.rngtypid, e.oid) end, 0
    from pg_catalog.pg_type e join pg_catalog.pg_type a on a.oid = e.typarray left join pg_catalog.pg_class c on c.oid = e.typrelid left join pg_catalog.pg_range r on r.rngmultitypid = e.oid where e.oid >= 16384
  union all select 'pg_type'::regclass, r.rngmultitypid, 'pg_type'::regclass, r.rngtypid, 0 from pg_catalog.pg_range r where r.rngtypid >= 16384
  union all select 'pg_class'::regclass, c.oid, 'pg_type'::regclass, c.reltype, 0 from pg_catalog.pg_class c where c.relkind = 'c' and c.oid >= 16384
  union all select 'pg_rewrite'::regclass, r.oid, 'pg_class'::regclass, r.ev_class, 0 from pg_catalog.pg_rewrite r join pg_catalog.pg_class c on c.oid = r.ev_class where c.relkind in ('v', 'm') and r.rulename = '_RETURN' and r.oid >= 16384
  union all select 'pg_class'::regclass, con.conindid, 'pg_constraint'::regclass, con.oid, 0 from pg_catalog.pg_constraint con where con.contype in ('p', 'u', 'x')
  union all select 'pg_constraint'::regclass, con.oid, 'pg_type'::regclass, con.contypid, 0 from pg_catalog.pg_constraint con where con.contypid <> 0
  union all select 'pg_publication_rel'::regclass, r.oid, 'pg_publication'::regclass, r.prpubid, 0 from pg_catalog.pg_publication_rel r
  union all select d.classid, d.objid, d.refclassid, d.refobjid, d.refobjsubid from pg_catalog.pg_depend d where d.classid in ('pg_amop'::regclass, 'pg_amproc'::regclass) and d.refclassid in ('pg_opclass'::regclass, 'pg_opfamily'::regclass) and d.deptype in ('a', 'i') and d.objid >= 16384
  union all select d.classid, d.objid, d.refclassid, d.refobjid, 0 from pg_catalog.pg_depend d where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
)
select distinct coalesce(a.toclass, d.classid)::int as classid, coalesce(a.toobj, d.objid) as oid, case when a.toobj is null then d.objsubid else a.tosub end as subid,
       coalesce(b.toclass, d.refclassid)::int as refclassid, coalesce(b.toobj, d.refobjid) as refoid, case when b.toobj is null then d.refobjsubid else b.tosub end as refsubid
from pg_catalog.pg_depend d
left join alias a on a.classid = d.classid and a.objid = d.objid
left join alias b on b.classid = d.refclassid and b.objid = d.refobjid
where d.deptype in ('n', 'a', 'i') and d.objid >= 16384 and d.refobjid >= 16384 and d.refclassid <> 'pg_namespace'::regclass
  and not (d.deptype = 'i' and d.classid in ('pg_type'::regclass, 'pg_class'::regclass, 'pg_rewrite'::regclass))
