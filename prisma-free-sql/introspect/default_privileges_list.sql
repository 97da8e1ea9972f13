-- Purpose: what new objects of a role are granted, as the difference to what Postgres grants by itself; global, or for one schema.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
with entry as (
  select a.*, pg_catalog.pg_get_userbyid(a.defaclrole)::text as role,
         case when a.defaclnamespace = 0 then pg_catalog.acldefault(case a.defaclobjtype when 'S' then 's' else a.defaclobjtype end, a.defaclrole) end as usual
  from pg_catalog.pg_default_acl a
)
select e.oid, e.role, n.nspname::text as schema,
       case e.defaclobjtype when 'r' then 'TABLES' when 'S' then 'SEQUENCES' when 'f' then 'FUNCTIONS' when 'T' then 'TYPES' when 'n' then 'SCHEMAS' else 'LARGE OBJECTS' end as objects,
       coalesce((select array_agg(g.text order by g.text collate "C") from (
          select x.privilege_type || ' TO ' || case when x.grantee = 0 then 'PUBLIC' else quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end || case when x.is_grantable then ' WITH GRANT OPTION' else '' end as text
          from (select grantee, privilege_type, is_grantable from pg_catalog.aclexplode(e.defaclacl) except select grantee, privilege_type, is_grantable from pg_catalog.aclexplode(e.usual)) x) g), '{}') as granted,
       coalesce((select array_agg(g.text order by g.text collate "C") from (
          select x.privilege_type || ' FROM ' || case when x.grantee = 0 then 'PUBLIC' else quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end as text
          from (select grantee, privilege_type from pg_catalog.aclexplode(e.usual) except select grantee, privilege_type from pg_catalog.aclexplode(e.defaclacl)) x) g), '{}') as revoked
from entry e
left join pg_catalog.pg_namespace n on n.oid = e.defaclnamespace
where n.oid is null or (n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)')
