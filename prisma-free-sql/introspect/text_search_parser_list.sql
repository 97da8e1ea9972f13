-- Purpose: every text search parser.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select p.oid, n.nspname::text as schema, p.prsname::text as name,
       concat_ws(', ', 'START = ' || p.prsstart::regproc, 'GETTOKEN = ' || p.prstoken::regproc, 'END = ' || p.prsend::regproc,
         case when p.prsheadline <> 0 then 'HEADLINE = ' || p.prsheadline::regproc end, 'LEXTYPES = ' || p.prslextype::regproc) as definition
from pg_catalog.pg_ts_parser p join pg_catalog.pg_namespace n on n.oid = p.prsnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_ts_parser'::regclass and d.objid = p.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
