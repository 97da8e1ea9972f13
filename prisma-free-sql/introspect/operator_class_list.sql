-- Purpose: every operator class with its own operators and functions.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select c.oid, n.nspname::text as schema, quote_ident(c.opcname) || ' USING ' || quote_ident(am.amname) as name,
       case when c.opcdefault then 'DEFAULT ' else '' end || 'FOR TYPE ' || pg_catalog.format_type(c.opcintype, null) || ' USING ' || quote_ident(am.amname)
         || ' FAMILY ' || quote_ident(fn.nspname) || '.' || quote_ident(f.opfname) || E' AS\n    '
         || coalesce((select string_agg(m.member, E',\n    ' order by m.member collate "C") from (
         select 'STORAGE ' || pg_catalog.format_type(c.opckeytype, null) as member where c.opckeytype <> 0
         union all
         select 'OPERATOR ' || o.amopstrategy || ' ' || o.amopopr::regoperator || coalesce(' FOR ORDER BY ' || (select quote_ident(sn.nspname) || '.' || quote_ident(sf.opfname) from pg_catalog.pg_opfamily sf join pg_catalog.pg_namespace sn on sn.oid = sf.opfnamespace where sf.oid = o.amopsortfamily), '')
         from pg_catalog.pg_amop o join pg_catalog.pg_depend d on d.classid = 'pg_amop'::regclass and d.objid = o.oid and d.refclassid = 'pg_opclass'::regclass and d.refobjid = c.oid
         union all
         select 'FUNCTION ' || p.amprocnum || ' (' || pg_catalog.format_type(p.amproclefttype, null) || ', ' || pg_catalog.format_type(p.amprocrighttype, null) || ') ' || p.amproc::regprocedure
         from pg_catalog.pg_amproc p join pg_catalog.pg_depend d on d.classid = 'pg_amproc'::regclass and d.objid = p.oid and d.refclassid = 'pg_opclass'::regclass and d.refobjid = c.oid) m),
         'STORAGE ' || pg_catalog.format_type(c.opcintype, null)) as definition,
       pg_catalog.pg_get_userbyid(c.opcowner)::text as owner
from pg_catalog.pg_opclass c
join pg_catalog.pg_namespace n on n.oid = c.opcnamespace
join pg_catalog.pg_am am on am.oid = c.opcmethod
join pg_catalog.pg_opfamily f on f.oid = c.opcfamily
join pg_catalog.pg_namespace fn on fn.oid = f.opfnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_opclass'::regclass and d.objid = c.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
