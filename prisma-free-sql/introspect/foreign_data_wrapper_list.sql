-- Purpose: every foreign data wrapper that came with no extension.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select f.oid, f.fdwname::text as name,
       concat_ws(' ', null, case when f.fdwhandler <> 0 then 'HANDLER ' || f.fdwhandler::regproc end, case when f.fdwvalidator <> 0 then 'VALIDATOR ' || f.fdwvalidator::regproc end) as definition,
       coalesce((select array_agg(quote_ident(split_part(o, '=', 1)) || ' ' || quote_literal(substr(o, strpos(o, '=') + 1)) order by o collate "C") from unnest(f.fdwoptions) o), '{}') as options,
       pg_catalog.pg_get_userbyid(f.fdwowner)::text as owner
from pg_catalog.pg_foreign_data_wrapper f
where not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_foreign_data_wrapper'::regclass and d.objid = f.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
