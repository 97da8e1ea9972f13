-- Purpose: every view: its query, its options, its columns with their types, and defaults that columns of the view have of their own.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs, and for a moment on what is deparsed.
select c.oid, n.nspname::text as schema, c.relname::text as name,
       pg_catalog.pg_get_viewdef(c.oid) as definition,
       -- Functions that it calls and that return rows, with the columns of these.
       (select json_agg(json_build_object('name', quote_ident(pn.nspname) || '.' || quote_ident(p.proname), 'columns',
                 (select json_agg(quote_ident(a.attname) order by a.attnum) from pg_catalog.pg_attribute a where a.attrelid = rt.typrelid and a.attnum > 0 and not a.attisdropped)))
        from pg_catalog.pg_rewrite r
        join pg_catalog.pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_proc'::regclass
        join pg_catalog.pg_proc p on p.oid = d.refobjid
        join pg_catalog.pg_type rt on rt.oid = p.prorettype and rt.typrelid <> 0
        join pg_catalog.pg_namespace pn on pn.oid = p.pronamespace
        where r.ev_class = c.oid) as row_functions,
       coalesce(c.reloptions, '{}') as options,
       coalesce((select array_agg(quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod) || coalesce(' COLLATE ' || quote_ident(cn.nspname) || '.' || quote_ident(co.collname), '') order by a.attnum)
                 from pg_catalog.pg_attribute a
                 join pg_catalog.pg_type t on t.oid = a.atttypid
                 left join pg_catalog.pg_collation co on co.oid = a.attcollation and a.attcollation <> t.typcollation
                 left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
                 where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '{}') as columns,
       coalesce((select array_agg(quote_ident(a.attname) || ' ' || pg_catalog.pg_get_expr(def.adbin, def.adrelid) order by a.attnum)
                 from pg_catalog.pg_attrdef def join pg_catalog.pg_attribute a on a.attrelid = def.adrelid and a.attnum = def.adnum
                 where def.adrelid = c.oid), '{}') as column_defaults,
       pg_catalog.pg_get_userbyid(c.relowner)::text as owner
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'v' and c.relpersistence <> 't'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
