-- Purpose: which column each default belongs to, so that what a default rests on can be told from what its column rests on.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select d.oid, d.adrelid as relation, d.adnum as position from pg_catalog.pg_attrdef d where d.oid >= 16384
