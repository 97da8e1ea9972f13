-- Purpose: how many objects exist of each kind that this version does not compare, so that they are named and never dropped in silence.
-- Members of extensions are not the user's objects; system schemas and Countersign's own are left out. User objects have an oid from
-- 16384 on (FirstNormalObjectId), which tells those without a schema apart from the server's own.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
with space as (
  select n.oid from pg_catalog.pg_namespace n
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
), member as (
  select d.classid, d.objid from pg_catalog.pg_depend d where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
), found (kind, classid, objid) as (
  select 'operator without a function', 'pg_operator'::regclass::oid, o.oid from pg_catalog.pg_operator o where o.oprnamespace in (select oid from space) and o.oprcode = 0
  -- Its grants are compared, as those of all that comes with the server, against what it was granted by itself by its first owner.
  union all select 'built-in function of another owner', 'pg_proc'::regclass, p.oid from pg_catalog.pg_proc p where p.oid < 16384 and p.proowner <> 10
  union all select 'large object', 'pg_largeobject_metadata'::regclass, l.oid from pg_catalog.pg_largeobject_metadata l
)
select f.kind, count(*)::int as count
from found f
where not exists (select from member m where m.classid = f.classid and m.objid = f.objid)
group by f.kind
order by 1
