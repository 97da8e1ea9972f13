-- Purpose: every event trigger.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select e.oid, e.evtname::text as name, e.evtevent::text as event, coalesce(e.evttags, '{}') as tags,
       e.evtfoid::regproc::text as function,
       case e.evtenabled when 'O' then 'origin' when 'D' then 'disabled' when 'R' then 'replica' else 'always' end as enabled,
       pg_catalog.pg_get_userbyid(e.evtowner)::text as owner
from pg_catalog.pg_event_trigger e
where not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_event_trigger'::regclass and d.objid = e.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
