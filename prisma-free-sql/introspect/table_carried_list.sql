-- Purpose: what is granted on tables and on their columns, as it stands: not compared, but owed to a table that takes another's place. A table that was
-- never granted anything is not here; otherwise the owner's own privileges are among them.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
with granted as (
  select a.attrelid as oid, jsonb_agg(jsonb_build_object('column', a.attname, 'grantee', case when x.grantee = 0 then 'PUBLIC' else pg_catalog.pg_get_userbyid(x.grantee) end,
                                                        'privilege', x.privilege_type, 'grantable', x.is_grantable)
                                     order by a.attnum, x.grantee, x.privilege_type) as list
  from pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) x
  where a.attacl is not null and a.attrelid >= 16384 and a.attnum > 0 and not a.attisdropped and a.attname !~ '^countersign_[0-9a-f]{8}_(new|old)_'
  group by a.attrelid
)
select c.oid,
       coalesce((select jsonb_agg(jsonb_build_object('grantee', case when x.grantee = 0 then 'PUBLIC' else pg_catalog.pg_get_userbyid(x.grantee) end,
                                                     'privilege', x.privilege_type, 'grantable', x.is_grantable)
                                  order by x.grantee, x.privilege_type)
                 from pg_catalog.aclexplode(c.relacl) x), '[]') as grants,
       coalesce(granted.list, '[]') as column_grants
from pg_catalog.pg_class c
left join granted on granted.oid = c.oid
where c.relkind in ('r', 'p') and c.oid >= 16384 and (c.relacl is not null or granted.oid is not null)
