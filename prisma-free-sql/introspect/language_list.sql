-- Purpose: every procedural language that came with no extension.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select l.oid, l.lanname::text as name,
       case when l.lanpltrusted then 'TRUSTED ' else '' end as trusted,
       concat_ws(' ', 'HANDLER ' || l.lanplcallfoid::regproc, case when l.laninline <> 0 then 'INLINE ' || l.laninline::regproc end, case when l.lanvalidator <> 0 then 'VALIDATOR ' || l.lanvalidator::regproc end) as definition,
       pg_catalog.pg_get_userbyid(l.lanowner)::text as owner
from pg_catalog.pg_language l
where l.oid >= 16384 and l.lanispl
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_language'::regclass and d.objid = l.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
