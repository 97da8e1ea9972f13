-- Purpose: what depends on what, by catalog and oid. The caller replaces what only stands for another object (introspect/alias_list), and knows
-- which of them are the user's. Triggers that the server makes for foreign keys depend on their constraint and are nobody's.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select d.classid, d.objid as oid, d.objsubid as subid, d.refclassid, d.refobjid as refoid, d.refobjsubid as refsubid
from pg_catalog.pg_depend d
where d.deptype in ('n', 'a', 'i') and d.objid >= 16384 and d.refobjid >= 16384 and d.refclassid <> 'pg_namespace'::regclass
  and not (d.deptype = 'i' and d.classid in ('pg_type'::regclass, 'pg_class'::regclass, 'pg_rewrite'::regclass, 'pg_trigger'::regclass))
