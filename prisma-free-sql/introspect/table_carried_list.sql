-- Purpose: what is not compared but must be given to a table that takes another's place: owner, grants and comments of tables and columns.
-- A table that was never granted anything has no entries; otherwise the owner's own privileges are among them.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
with granted as (
  select a.attrelid as oid, jsonb_agg(jsonb_build_object('column', a.attname, 'grantee', case when x.grantee = 0 then 'PUBLIC' else pg_catalog.pg_get_userbyid(x.grantee) end,
                                                        'privilege', x.privilege_type, 'grantable', x.is_grantable)
                                     order by a.attnum, x.grantee, x.privilege_type) as list
  from pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) x
  where a.attacl is not null and a.attnum > 0 and not a.attisdropped and a.attname !~ '^countersign_[0-9a-f]{8}_(new|old)_'
  group by a.attrelid
)
select n.nspname::text as schema, c.relname::text as name,
       pg_catalog.pg_get_userbyid(c.relowner)::text as owner,
       coalesce((select jsonb_agg(jsonb_build_object('grantee', case when x.grantee = 0 then 'PUBLIC' else pg_catalog.pg_get_userbyid(x.grantee) end,
                                                     'privilege', x.privilege_type, 'grantable', x.is_grantable)
                                  order by x.grantee, x.privilege_type)
                 from pg_catalog.aclexplode(c.relacl) x), '[]') as grants,
       pg_catalog.obj_description(c.oid, 'pg_class') as comment,
       coalesce(granted.list, '[]') as column_grants,
       coalesce((select jsonb_object_agg(a.attname, d.description)
                 from pg_catalog.pg_description d join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid
                 where d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid > 0 and a.attname !~ '^countersign_[0-9a-f]{8}_(new|old)_'), '{}') as column_comments
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join granted on granted.oid = c.oid
where c.relkind in ('r', 'p') and c.relpersistence <> 't'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
