-- Purpose: what only stands for another object, by catalog and oid, so that what depends on it can be said of that object: a table's row type, an array, a
-- multirange, a view's rule, a constraint of a domain, the entry of a publication, the members of operator classes and of extensions.
-- Of a type: its array, and the relation whose rows it describes (0: none). The index of a key comes with introspect/constraint_list.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select 'pg_type'::regclass::oid as classid, coalesce(nullif(t.typarray, 0), t.oid) as oid, 'pg_type'::regclass::oid as toclass, coalesce(r.rngtypid, t.oid) as tooid, t.typrelid as relation
  from pg_catalog.pg_type t left join pg_catalog.pg_range r on r.rngmultitypid = t.oid where t.oid >= 16384 and (t.typarray <> 0 or t.typrelid <> 0)
union all select 'pg_type'::regclass, r.rngmultitypid, 'pg_type'::regclass, r.rngtypid, 0 from pg_catalog.pg_range r where r.rngtypid >= 16384
union all select 'pg_rewrite'::regclass, r.oid, 'pg_class'::regclass, r.ev_class, 0 from pg_catalog.pg_rewrite r where r.rulename = '_RETURN' and r.oid >= 16384
union all select 'pg_constraint'::regclass, con.oid, 'pg_type'::regclass, con.contypid, 0 from pg_catalog.pg_constraint con where con.contypid >= 16384
union all select 'pg_publication_rel'::regclass, r.oid, 'pg_publication'::regclass, r.prpubid, 0 from pg_catalog.pg_publication_rel r
union all select d.classid, d.objid, d.refclassid, d.refobjid, 0 from pg_catalog.pg_depend d where d.classid in ('pg_amop'::regclass, 'pg_amproc'::regclass) and d.refclassid in ('pg_opclass'::regclass, 'pg_opfamily'::regclass) and d.deptype in ('a', 'i') and d.objid >= 16384
union all select d.classid, d.objid, d.refclassid, d.refobjid, 0 from pg_catalog.pg_depend d where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
-- What comes with a type or table of an extension is no member of it itself: arrays, rows, multiranges.
union all select 'pg_type'::regclass, o.oid, d.refclassid, d.refobjid, 0
  from pg_catalog.pg_depend d left join pg_catalog.pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid
  join pg_catalog.pg_type t on t.oid = case when d.classid = 'pg_type'::regclass then d.objid else c.reltype end
  left join pg_catalog.pg_range r on r.rngtypid = t.oid left join pg_catalog.pg_type m on m.oid = r.rngmultitypid
  cross join lateral (values (t.oid), (t.typarray), (m.oid), (m.typarray)) o (oid)
  where d.classid in ('pg_type'::regclass, 'pg_class'::regclass) and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e' and o.oid <> 0 and not (d.classid = 'pg_type'::regclass and o.oid = d.objid)
