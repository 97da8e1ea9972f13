-- Purpose: every security label on an object of the database, by catalog and oid; the caller knows which objects are the user's.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select l.classoid as classid, l.objoid as oid, l.objsubid as subid, l.provider, l.label as text,
       case when l.objsubid > 0 and l.classoid = 'pg_class'::regclass then (select a.attname::text from pg_catalog.pg_attribute a where a.attrelid = l.objoid and a.attnum = l.objsubid) end as column
from pg_catalog.pg_seclabel l
where l.objoid >= 16384 or l.classoid = 'pg_namespace'::regclass
