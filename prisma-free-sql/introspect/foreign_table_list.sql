-- Purpose: every foreign table; its columns and constraints are in the lists of columns and constraints.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select c.oid, n.nspname::text as schema, c.relname::text as name, s.srvname::text as server,
       coalesce((select array_agg(quote_ident(split_part(o, '=', 1)) || ' ' || quote_literal(substr(o, strpos(o, '=') + 1)) order by o collate "C") from unnest(ft.ftoptions) o), '{}') as options,
       coalesce((select array_agg(pn.nspname::text order by i.inhseqno) from pg_catalog.pg_inherits i join pg_catalog.pg_class pc on pc.oid = i.inhparent join pg_catalog.pg_namespace pn on pn.oid = pc.relnamespace where i.inhrelid = c.oid), '{}') as parent_schemas,
       coalesce((select array_agg(pc.relname::text order by i.inhseqno) from pg_catalog.pg_inherits i join pg_catalog.pg_class pc on pc.oid = i.inhparent where i.inhrelid = c.oid), '{}') as parent_names,
       coalesce((select array_agg(pc.relkind = 'f' order by i.inhseqno) from pg_catalog.pg_inherits i join pg_catalog.pg_class pc on pc.oid = i.inhparent where i.inhrelid = c.oid), '{}') as parents_foreign,
       c.relispartition as partition,
       case when c.relispartition then pg_catalog.pg_get_expr(c.relpartbound, c.oid) end as partition_bound,
       pg_catalog.pg_get_userbyid(c.relowner)::text as owner
from pg_catalog.pg_foreign_table ft
join pg_catalog.pg_class c on c.oid = ft.ftrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_foreign_server s on s.oid = ft.ftserver
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
