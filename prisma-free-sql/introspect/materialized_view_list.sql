-- Purpose: every materialized view: its query, storage parameters and column settings. Whether it is filled is data, not schema, and read because nothing can be computed from one that is not.
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
        where r.ev_class = c.oid) as row_functions, c.relispopulated as filled,
       coalesce(c.reloptions, '{}') || coalesce((select array_agg('toast.' || o) from unnest(t.reloptions) o), '{}') as options,
       case when am.amname <> 'heap' then am.amname::text end as access_method,
       coalesce((select array_agg(quote_ident(a.attname) || s.setting order by a.attnum, s.setting collate "C")
                 from pg_catalog.pg_attribute a
                 join pg_catalog.pg_type ty on ty.oid = a.atttypid
                 cross join lateral (
                   select ' SET STATISTICS ' || a.attstattarget as setting where a.attstattarget >= 0
                   union all select ' SET STORAGE ' || case a.attstorage when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'x' then 'EXTENDED' else 'MAIN' end where a.attstorage <> ty.typstorage
                   union all select ' SET COMPRESSION ' || case a.attcompression when 'p' then 'pglz' else 'lz4' end where a.attcompression in ('p', 'l')
                   union all select ' SET (' || array_to_string(a.attoptions, ', ') || ')' where a.attoptions is not null) s
                 where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '{}') as column_settings,
       (select ic.relname::text from pg_catalog.pg_index i join pg_catalog.pg_class ic on ic.oid = i.indexrelid where i.indrelid = c.oid and i.indisclustered) as clustered_on,
       pg_catalog.pg_get_userbyid(c.relowner)::text as owner
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_class t on t.oid = c.reltoastrelid
left join pg_catalog.pg_am am on am.oid = c.relam
where c.relkind = 'm'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
