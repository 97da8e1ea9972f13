-- Purpose: every range type. The name of its multirange is spelled out where it is not the one that Postgres would choose.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select t.oid, n.nspname::text as schema, t.typname::text as name,
       concat_ws(E',\n    ', 'SUBTYPE = ' || pg_catalog.format_type(r.rngsubtype, null),
         case when not oc.opcdefault then 'SUBTYPE_OPCLASS = ' || quote_ident(ocn.nspname) || '.' || quote_ident(oc.opcname) end,
         case when r.rngcollation <> st.typcollation then 'COLLATION = ' || quote_ident(cn.nspname) || '.' || quote_ident(co.collname) end,
         case when r.rngcanonical <> 0 then 'CANONICAL = ' || r.rngcanonical::regproc end,
         case when r.rngsubdiff <> 0 then 'SUBTYPE_DIFF = ' || r.rngsubdiff::regproc end,
         'MULTIRANGE_TYPE_NAME = ' || quote_ident(mn.nspname) || '.' || quote_ident(m.typname)) as definition,
       r.rngcanonical <> 0 as canonical,
       pg_catalog.pg_get_userbyid(t.typowner)::text as owner
from pg_catalog.pg_range r
join pg_catalog.pg_type t on t.oid = r.rngtypid
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
join pg_catalog.pg_type st on st.oid = r.rngsubtype
join pg_catalog.pg_type m on m.oid = r.rngmultitypid
join pg_catalog.pg_namespace mn on mn.oid = m.typnamespace
join pg_catalog.pg_opclass oc on oc.oid = r.rngsubopc
join pg_catalog.pg_namespace ocn on ocn.oid = oc.opcnamespace
left join pg_catalog.pg_collation co on co.oid = r.rngcollation
left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
