-- Purpose: every collation of the user. Columns that differ between server versions are read by name from the row as a whole.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select c.oid, n.nspname::text as schema, c.collname::text as name,
       concat_ws(', ', 'provider = ' || case c.collprovider when 'i' then 'icu' when 'b' then 'builtin' when 'd' then 'default' else 'libc' end,
         case when c.collprovider in ('i', 'b') then 'locale = ' || quote_literal(coalesce(r.row ->> 'colllocale', r.row ->> 'colliculocale', r.row ->> 'collcollate'))
              when r.row ->> 'collcollate' = r.row ->> 'collctype' then 'locale = ' || quote_literal(r.row ->> 'collcollate')
              else 'lc_collate = ' || quote_literal(r.row ->> 'collcollate') || ', lc_ctype = ' || quote_literal(r.row ->> 'collctype') end,
         case when not c.collisdeterministic then 'deterministic = false' end,
         case when r.row ->> 'collicurules' is not null then 'rules = ' || quote_literal(r.row ->> 'collicurules') end) as definition,
       pg_catalog.pg_get_userbyid(c.collowner)::text as owner
from pg_catalog.pg_collation c
join pg_catalog.pg_namespace n on n.oid = c.collnamespace
cross join lateral (select to_jsonb(c) as row) r
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_collation'::regclass and d.objid = c.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
