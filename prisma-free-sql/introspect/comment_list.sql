-- Purpose: every comment on an object of the database, by catalog and oid; the caller knows which objects are the user's.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
-- `spoken` and `of`: how to address a comment on what is no object of its own (an index behind a constraint, a constraint of a domain, the constraint of Postgres 18 behind NOT NULL, the sequence of an identity column), and whose it is.
select d.classoid::int as classid, d.objoid as oid, d.objsubid as subid, d.description as text, a.attname::text as column,
       coalesce('SEQUENCE ' || quote_ident(s.nspname) || '.' || quote_ident(sc.relname), 'INDEX ' || quote_ident(n.nspname) || '.' || quote_ident(ic.relname), 'CONSTRAINT ' || quote_ident(dc.conname) || ' ON DOMAIN ' || pg_catalog.format_type(dc.contypid, null), 'CONSTRAINT ' || quote_ident(nn.conname) || ' ON ' || quote_ident(ns.nspname) || '.' || quote_ident(nc.relname)) as spoken,
       case when dc.oid is not null or cc.oid is not null then 'pg_type'::regclass when k.oid is not null then 'pg_constraint'::regclass when i.objid is not null or nn.oid is not null then 'pg_class'::regclass end::int as of_classid, coalesce(dc.contypid, cc.reltype, k.oid, i.refobjid, nn.conrelid) as of_oid, coalesce(i.refobjsubid, nn.conkey[1], 0) as of_subid
from pg_catalog.pg_description d
left join pg_catalog.pg_attribute a on d.classoid = 'pg_class'::regclass and d.objsubid > 0 and a.attrelid = d.objoid and a.attnum = d.objsubid
left join pg_catalog.pg_constraint dc on d.classoid = 'pg_constraint'::regclass and dc.oid = d.objoid and dc.contypid <> 0
left join pg_catalog.pg_constraint nn on d.classoid = 'pg_constraint'::regclass and nn.oid = d.objoid and nn.contype = 'n' and nn.conrelid <> 0
left join pg_catalog.pg_class nc on nc.oid = nn.conrelid
left join pg_catalog.pg_namespace ns on ns.oid = nc.relnamespace
left join pg_catalog.pg_constraint k on d.classoid = 'pg_class'::regclass and d.objsubid = 0 and k.conindid = d.objoid and k.contype in ('p', 'u', 'x')
left join pg_catalog.pg_class cc on d.classoid = 'pg_class'::regclass and cc.oid = d.objoid and cc.relkind = 'c'
left join pg_catalog.pg_class ic on k.oid is not null and ic.oid = d.objoid
left join pg_catalog.pg_namespace n on n.oid = ic.relnamespace
left join pg_catalog.pg_depend i on d.classoid = 'pg_class'::regclass and d.objsubid = 0 and i.classid = 'pg_class'::regclass and i.objid = d.objoid and i.refclassid = 'pg_class'::regclass and i.deptype = 'i' and i.refobjsubid > 0
left join pg_catalog.pg_class sc on sc.oid = i.objid and sc.relkind = 'S'
left join pg_catalog.pg_namespace s on s.oid = sc.relnamespace
-- Ours are left out: a column that stands beside the one that the application uses.
where (d.objoid >= 16384 or d.classoid = 'pg_namespace'::regclass) and coalesce(a.attname, '') !~ '^countersign_[0-9a-f]{8}_(new|old)_'
