-- Purpose: every foreign server. Options may hold a host, never a password: those stand in user mappings.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select s.oid, s.srvname::text as name, w.fdwname::text as wrapper, s.srvtype as type, s.srvversion as version,
       coalesce((select array_agg(quote_ident(split_part(o, '=', 1)) || ' ' || quote_literal(substr(o, strpos(o, '=') + 1)) order by o collate "C") from unnest(s.srvoptions) o), '{}') as options,
       pg_catalog.pg_get_userbyid(s.srvowner)::text as owner
from pg_catalog.pg_foreign_server s
join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw
where not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_foreign_server'::regclass and d.objid = s.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
