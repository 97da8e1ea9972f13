-- Purpose: what is granted on each object, as the difference to what an object of its kind grants by itself; OWNER stands for whoever owns it.
-- What came with an extension, or with the server, is compared with what it was granted when it came, as pg_dump does (pg_init_privs).
-- `spoken`: how GRANT names what is no object of its own. `member_of`: the extension.
-- What somebody else than the owner granted, who had the right to, stands in `passed_on` with who that was.
-- Lists are sorted byte by byte, whatever the collation of the database.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
with raw as (
  select 'pg_class'::regclass::oid::int as classid, c.oid as oid, 0 as subid, c.relacl as acl, case c.relkind when 'S' then 's' else 'r' end as kind, c.relowner as owner, false as is_public, c.relnamespace as schema from pg_catalog.pg_class c where c.relacl is not null
  union all select 'pg_class'::regclass::oid::int, a.attrelid, a.attnum::int, a.attacl, null, c.relowner, false, c.relnamespace from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid where a.attacl is not null and not a.attisdropped and a.attname !~ '^countersign_[0-9a-f]{8}_(new|old)_'
  union all select 'pg_proc'::regclass::oid::int, p.oid, 0, p.proacl, 'f', p.proowner, false, p.pronamespace from pg_catalog.pg_proc p where p.proacl is not null
  union all select 'pg_namespace'::regclass::oid::int, n.oid, 0, n.nspacl, 'n', n.nspowner, n.nspname = 'public', n.oid from pg_catalog.pg_namespace n where n.nspacl is not null
  union all select 'pg_type'::regclass::oid::int, t.oid, 0, t.typacl, 'T', t.typowner, false, t.typnamespace from pg_catalog.pg_type t where t.typacl is not null
  union all select 'pg_language'::regclass::oid::int, l.oid, 0, l.lanacl, 'l', l.lanowner, false, null from pg_catalog.pg_language l where l.lanacl is not null
  union all select 'pg_foreign_data_wrapper'::regclass::oid::int, f.oid, 0, f.fdwacl, 'F', f.fdwowner, false, null from pg_catalog.pg_foreign_data_wrapper f where f.fdwacl is not null
  union all select 'pg_foreign_server'::regclass::oid::int, s.oid, 0, s.srvacl, 'S', s.srvowner, false, null from pg_catalog.pg_foreign_server s where s.srvacl is not null
), member as (
  select d.classid, d.objid, d.refobjid as extension from pg_catalog.pg_depend d where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
), entry as (
  -- Schema public is granted by the server too, and is the user's all the same.
  select r.classid, r.oid, r.subid, r.acl, r.owner, r.oid < 16384 and not r.is_public or m.extension is not null as born_elsewhere, m.extension, coalesce(i.initprivs, case when r.kind is not null then pg_catalog.acldefault(r.kind::"char", r.owner) end) as usual
  from raw r
  left join member m on m.classid = r.classid::oid and m.objid = r.oid
  left join pg_catalog.pg_init_privs i on i.classoid = r.classid::oid and i.objoid = r.oid and i.objsubid = r.subid and (m.extension is not null or r.oid < 16384) and not r.is_public
  where (r.is_public or i.initprivs is distinct from r.acl) and r.schema is distinct from pg_catalog.to_regnamespace('information_schema')::oid
), named as (
  select e.classid, e.oid, e.subid, e.side, e.extension, e.born_elsewhere, e.owner, x.privilege_type as privilege, x.is_grantable as grantable,
         case when x.grantee = 0 then 'PUBLIC' when x.grantee = e.owner then 'OWNER' else quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end as grantee,
         case when e.side or x.grantor = e.owner then '' else quote_ident(pg_catalog.pg_get_userbyid(x.grantor)) end as grantor
  from (select e.*, false as side, e.acl as list from entry e union all select e.*, true, e.usual from entry e) e, pg_catalog.aclexplode(e.list) x
), different as (
  select classid, oid, subid, extension, born_elsewhere, owner, privilege, grantee, grantor, bool_or(grantable) filter (where not side) as grantable,
         bool_or(not side) as has, bool_or(side) as expected
  from named group by classid, oid, subid, extension, born_elsewhere, owner, privilege, grantee, grantor
)
select classid, oid, subid, extension as member_of, pg_catalog.pg_get_userbyid(owner)::text as owner, (select a.attname::text from pg_catalog.pg_attribute a where subid <> 0 and a.attrelid = oid and a.attnum = subid) as column,
       case when not born_elsewhere then null
         when classid = 'pg_class'::regclass::oid::int then (select case c.relkind when 'S' then 'SEQUENCE ' else 'TABLE ' end || quote_ident(n.nspname) || '.' || quote_ident(c.relname) from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = different.oid)
         when classid = 'pg_proc'::regclass::oid::int then (select case p.prokind when 'p' then 'PROCEDURE ' else 'FUNCTION ' end || quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')' from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace where p.oid = different.oid)
         when classid = 'pg_namespace'::regclass::oid::int then (select 'SCHEMA ' || quote_ident(n.nspname) from pg_catalog.pg_namespace n where n.oid = different.oid)
         when classid = 'pg_type'::regclass::oid::int then (select 'TYPE ' || quote_ident(n.nspname) || '.' || quote_ident(t.typname) from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace where t.oid = different.oid)
         when classid = 'pg_language'::regclass::oid::int then (select 'LANGUAGE ' || quote_ident(l.lanname) from pg_catalog.pg_language l where l.oid = different.oid)
         when classid = 'pg_foreign_data_wrapper'::regclass::oid::int then (select 'FOREIGN DATA WRAPPER ' || quote_ident(f.fdwname) from pg_catalog.pg_foreign_data_wrapper f where f.oid = different.oid)
         when classid = 'pg_foreign_server'::regclass::oid::int then (select 'FOREIGN SERVER ' || quote_ident(s.srvname) from pg_catalog.pg_foreign_server s where s.oid = different.oid)
       end as spoken,
       coalesce(array_agg(privilege || ' TO ' || grantee || case when grantable and grantee <> 'OWNER' then ' WITH GRANT OPTION' else '' end order by grantee collate "C", privilege collate "C") filter (where has and not expected and grantor = ''), '{}') as granted,
       coalesce(array_agg(privilege || ' TO ' || grantee || ' BY ' || grantor || case when grantable then ' WITH GRANT OPTION' else '' end order by grantor collate "C", grantee collate "C", privilege collate "C") filter (where grantor <> ''), '{}') as passed_on,
       coalesce(array_agg(privilege || ' FROM ' || grantee order by grantee collate "C", privilege collate "C") filter (where expected and not has), '{}') as revoked
from different
group by classid, oid, subid, extension, born_elsewhere, owner
having bool_or(has <> expected)
