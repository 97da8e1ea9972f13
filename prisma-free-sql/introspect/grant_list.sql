-- Purpose: what is granted on each object, as the difference to what an object of its kind grants by itself; OWNER stands for whoever owns it.
-- `spoken` and `of`: the sequence of an identity column is no object of its own.
-- Lists are sorted byte by byte, whatever the collation of the database.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
with entry as (
  select 'pg_class'::regclass::oid::int as classid, c.oid as oid, 0 as subid, c.relacl as acl, pg_catalog.acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner) as usual, c.relowner as owner from pg_catalog.pg_class c where c.relacl is not null and c.oid >= 16384
  union all select 'pg_class'::regclass::oid::int, a.attrelid, a.attnum::int, a.attacl, null::aclitem[], c.relowner from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid where a.attacl is not null and a.attrelid >= 16384 and not a.attisdropped
  union all select 'pg_proc'::regclass::oid::int as classid, p.oid as oid, 0 as subid, p.proacl as acl, pg_catalog.acldefault('f', p.proowner) as usual, p.proowner as owner from pg_catalog.pg_proc p where p.proacl is not null and p.oid >= 16384
  union all select 'pg_namespace'::regclass::oid::int as classid, n.oid as oid, 0 as subid, n.nspacl as acl, pg_catalog.acldefault('n', n.nspowner) as usual, n.nspowner as owner from pg_catalog.pg_namespace n where n.nspacl is not null and true
  union all select 'pg_type'::regclass::oid::int as classid, t.oid as oid, 0 as subid, t.typacl as acl, pg_catalog.acldefault('T', t.typowner) as usual, t.typowner as owner from pg_catalog.pg_type t where t.typacl is not null and t.oid >= 16384
  union all select 'pg_language'::regclass::oid::int as classid, l.oid as oid, 0 as subid, l.lanacl as acl, pg_catalog.acldefault('l', l.lanowner) as usual, l.lanowner as owner from pg_catalog.pg_language l where l.lanacl is not null and l.oid >= 16384
  union all select 'pg_foreign_data_wrapper'::regclass::oid::int as classid, f.oid as oid, 0 as subid, f.fdwacl as acl, pg_catalog.acldefault('F', f.fdwowner) as usual, f.fdwowner as owner from pg_catalog.pg_foreign_data_wrapper f where f.fdwacl is not null and true
  union all select 'pg_foreign_server'::regclass::oid::int as classid, s.oid as oid, 0 as subid, s.srvacl as acl, pg_catalog.acldefault('S', s.srvowner) as usual, s.srvowner as owner from pg_catalog.pg_foreign_server s where s.srvacl is not null and true
), named as (
  select e.classid, e.oid, e.subid, e.side, x.privilege_type as privilege, x.is_grantable as grantable,
         case when x.grantee = 0 then 'PUBLIC' when x.grantee = e.owner then 'OWNER' else quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end as grantee
  from (select e.*, false as side, e.acl as list from entry e union all select e.*, true, e.usual from entry e) e, pg_catalog.aclexplode(e.list) x
), identity as (
  select d.objid as sequence, d.refobjid as of_oid, d.refobjsubid as of_subid, 'SEQUENCE ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) as spoken
  from pg_catalog.pg_depend d join pg_catalog.pg_class c on c.oid = d.objid and c.relkind = 'S' join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'i'
), different as (
  select classid, oid, subid, privilege, grantee, bool_or(grantable) filter (where not side) as grantable,
         bool_or(not side) as has, bool_or(side) as expected
  from named group by classid, oid, subid, privilege, grantee
)
select classid, oid, subid, i.of_oid, i.of_subid, i.spoken, (select a.attname::text from pg_catalog.pg_attribute a where subid > 0 and a.attrelid = oid and a.attnum = subid) as column,
       coalesce(array_agg(privilege || ' TO ' || grantee || case when grantable and grantee <> 'OWNER' then ' WITH GRANT OPTION' else '' end order by grantee collate "C", privilege collate "C") filter (where has and not expected), '{}') as granted,
       coalesce(array_agg(privilege || ' FROM ' || grantee order by grantee collate "C", privilege collate "C") filter (where expected and not has), '{}') as revoked
from different
left join identity i on i.sequence = oid and classid = 'pg_class'::regclass::oid::int
group by classid, oid, subid, i.of_oid, i.of_subid, i.spoken
having bool_or(has <> expected)
