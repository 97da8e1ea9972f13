-- Purpose: every operator of the user. One that exists only because another names it (a shell) has no function and is left out.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select o.oid, n.nspname::text as schema,
       o.oprname || '(' || case when o.oprleft = 0 then 'NONE' else pg_catalog.format_type(o.oprleft, null) end || ', ' || case when o.oprright = 0 then 'NONE' else pg_catalog.format_type(o.oprright, null) end || ')' as name,
       quote_ident(n.nspname) || '.' || o.oprname || E' (\n    ' || concat_ws(E',\n    ', 'FUNCTION = ' || o.oprcode::regproc,
         case when o.oprleft <> 0 then 'LEFTARG = ' || pg_catalog.format_type(o.oprleft, null) end,
         case when o.oprright <> 0 then 'RIGHTARG = ' || pg_catalog.format_type(o.oprright, null) end,
         (select 'COMMUTATOR = OPERATOR(' || quote_ident(cn.nspname) || '.' || co.oprname || ')' from pg_catalog.pg_operator co join pg_catalog.pg_namespace cn on cn.oid = co.oprnamespace where co.oid = o.oprcom),
         (select 'NEGATOR = OPERATOR(' || quote_ident(cn.nspname) || '.' || co.oprname || ')' from pg_catalog.pg_operator co join pg_catalog.pg_namespace cn on cn.oid = co.oprnamespace where co.oid = o.oprnegate),
         case when o.oprcanmerge then 'MERGES' end, case when o.oprcanhash then 'HASHES' end,
         case when o.oprrest <> 0 then 'RESTRICT = ' || o.oprrest::regproc end,
         case when o.oprjoin <> 0 then 'JOIN = ' || o.oprjoin::regproc end) || E'\n)' as definition,
       pg_catalog.pg_get_userbyid(o.oprowner)::text as owner
from pg_catalog.pg_operator o
join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
where o.oprcode <> 0
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_operator'::regclass and d.objid = o.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
