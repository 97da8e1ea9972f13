-- Purpose: every base type of the user, with all that is not usual, and every shell of one (an empty definition, and nobody to be named as its owner).
-- Arrays are no types of their own.
-- Parameters: none. Expects an empty search_path: functions come with their schema.
-- Lock: ACCESS SHARE on the catalogs only.
select t.oid, n.nspname::text as schema, t.typname::text as name,
       case when t.typisdefined then concat_ws(E',\n    ',
         'INPUT = ' || t.typinput::regproc, 'OUTPUT = ' || t.typoutput::regproc,
         case when t.typreceive <> 0 then 'RECEIVE = ' || t.typreceive::regproc end,
         case when t.typsend <> 0 then 'SEND = ' || t.typsend::regproc end,
         case when t.typmodin <> 0 then 'TYPMOD_IN = ' || t.typmodin::regproc end,
         case when t.typmodout <> 0 then 'TYPMOD_OUT = ' || t.typmodout::regproc end,
         case when t.typanalyze <> 0 then 'ANALYZE = ' || t.typanalyze::regproc end,
         case when t.typsubscript <> 0 then 'SUBSCRIPT = ' || t.typsubscript::regproc end,
         'INTERNALLENGTH = ' || case when t.typlen < 0 then 'VARIABLE' else t.typlen::text end,
         case when t.typbyval then 'PASSEDBYVALUE' end,
         'ALIGNMENT = ' || case t.typalign when 'c' then 'char' when 's' then 'int2' when 'i' then 'int4' else 'double' end,
         'STORAGE = ' || case t.typstorage when 'p' then 'plain' when 'e' then 'external' when 'x' then 'extended' else 'main' end,
         case when t.typcategory <> 'U' then 'CATEGORY = ' || quote_literal(t.typcategory::text) end,
         case when t.typispreferred then 'PREFERRED = true' end,
         'DEFAULT = ' || quote_literal(t.typdefault),
         case when t.typelem <> 0 then 'ELEMENT = ' || pg_catalog.format_type(t.typelem, null) end,
         case when t.typdelim <> ',' then 'DELIMITER = ' || quote_literal(t.typdelim::text) end,
         case when t.typcollation <> 0 then 'COLLATABLE = true' end) else '' end as definition,
       case when t.typisdefined then pg_catalog.pg_get_userbyid(t.typowner)::text end as owner
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where (t.typtype = 'b' and not exists (select from pg_catalog.pg_type e where e.typarray = t.oid) or t.typtype = 'p' and not t.typisdefined)
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
