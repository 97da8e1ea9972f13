-- Purpose: every operator family. Those that a class brings along are listed too: the class names them.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select f.oid, n.nspname::text as schema, quote_ident(f.opfname) || ' USING ' || quote_ident(am.amname) as name,
       coalesce((select array_agg(m.member order by m.member collate "C") from (
         select 'OPERATOR ' || o.amopstrategy || ' ' || o.amopopr::regoperator || coalesce(' FOR ORDER BY ' || (select quote_ident(sn.nspname) || '.' || quote_ident(sf.opfname) from pg_catalog.pg_opfamily sf join pg_catalog.pg_namespace sn on sn.oid = sf.opfnamespace where sf.oid = o.amopsortfamily), '') as member
         from pg_catalog.pg_amop o where o.amopfamily = f.oid
           and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_amop'::regclass and d.objid = o.oid and d.refclassid = 'pg_opclass'::regclass)
         union all
         select 'FUNCTION ' || p.amprocnum || ' (' || pg_catalog.format_type(p.amproclefttype, null) || ', ' || pg_catalog.format_type(p.amprocrighttype, null) || ') ' || p.amproc::regprocedure
         from pg_catalog.pg_amproc p where p.amprocfamily = f.oid
           and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_amproc'::regclass and d.objid = p.oid and d.refclassid = 'pg_opclass'::regclass)) m), '{}') as members,
       pg_catalog.pg_get_userbyid(f.opfowner)::text as owner
from pg_catalog.pg_opfamily f
join pg_catalog.pg_namespace n on n.oid = f.opfnamespace
join pg_catalog.pg_am am on am.oid = f.opfmethod
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_opfamily'::regclass and d.objid = f.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
