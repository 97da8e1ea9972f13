-- Purpose: every procedure with its whole definition. What belongs to another object by its nature (a range type's constructors) is left out.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs, and for a moment on what is deparsed.
select p.oid, n.nspname::text as schema,
       quote_ident(p.proname) || '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')' as name,
       -- Types alone are taken for inputs, and for inputs and outputs together: where that is another procedure, it is said that they are inputs.
       case when exists (select from pg_catalog.pg_proc o where o.proname = p.proname and o.pronamespace = p.pronamespace and o.prokind = 'p' and o.oid <> p.oid and array_to_string(o.proallargtypes, ' ') = p.proargtypes::text)
         then quote_ident(p.proname) || '(' || (select string_agg('IN ' || pg_catalog.format_type(t.oid, null), ', ' order by t.at) from unnest(p.proargtypes) with ordinality t(oid, at)) || ')' end as told_apart,
       pg_catalog.pg_get_functiondef(p.oid) as definition,
       pg_catalog.pg_get_function_arguments(p.oid) as arguments,
       coalesce(pg_catalog.pg_get_function_result(p.oid), '') as result,
       l.lanname::text as language,
       pg_catalog.pg_get_userbyid(p.proowner)::text as owner
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
where p.prokind = 'p'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i')
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
