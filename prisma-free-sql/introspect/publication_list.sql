-- Purpose: every publication with its tables (columns and conditions from Postgres 15 on) and schemas.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs, and for a moment on what is deparsed.
select p.oid, p.pubname::text as name, p.puballtables as all_tables,
       concat_ws(', ', null, case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end, case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end) as publish,
       p.pubviaroot as via_root,
       coalesce(case to_jsonb(p) ->> 'pubgencols' when 's' then 'stored' else 'none' end, 'none') as generated_columns,
       coalesce((select array_agg('ONLY ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname)
                   || coalesce(' (' || (select string_agg(quote_ident(a.attname), ', ' order by a.attname) from pg_catalog.pg_attribute a
                                        where a.attrelid = c.oid and to_jsonb(r) -> 'prattrs' @> to_jsonb(a.attnum::int)) || ')', '')
                   -- Postgres 14 has no such column: there the name means the null of the surrounding query.
                   || coalesce(' WHERE (' || pg_catalog.pg_get_expr((select prqual from (select r.*) inside), c.oid) || ')', '')
                 order by n.nspname, c.relname)
                 from pg_catalog.pg_publication_rel r join pg_catalog.pg_class c on c.oid = r.prrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                 where r.prpubid = p.oid), '{}') as tables,
       -- The rows of pg_publication_namespace (6237, from Postgres 15 on) as pg_depend knows them.
       coalesce((select array_agg(n.nspname::text order by n.nspname)
                 from pg_catalog.pg_depend d
                 join pg_catalog.pg_depend e on e.classid = d.classid and e.objid = d.objid and e.refclassid = 'pg_namespace'::regclass
                 join pg_catalog.pg_namespace n on n.oid = e.refobjid
                 where d.classid = 6237 and d.refclassid = 'pg_publication'::regclass and d.refobjid = p.oid), '{}') as schemas,
       pg_catalog.pg_get_userbyid(p.pubowner)::text as owner
from (select null::pg_node_tree as prqual) older, pg_catalog.pg_publication p
where not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_publication'::regclass and d.objid = p.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
