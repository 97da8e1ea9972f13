-- Purpose: every comment on an object of the database, by catalog and oid; the caller knows which objects are the user's, and what an index
-- behind a constraint, a field of a composite type and the sequence of an identity column belong to.
-- `spoken` and `of`: how to address a comment on a constraint that is no object of its own (of a domain; of Postgres 18 behind NOT NULL), and whose it is.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select d.classoid as classid, d.objoid as oid, d.objsubid as subid, d.description as text, d.column,
       case when k.contypid <> 0 then 'CONSTRAINT ' || quote_ident(k.conname) || ' ON DOMAIN ' || pg_catalog.format_type(k.contypid, null)
            when k.oid is not null then 'CONSTRAINT ' || quote_ident(k.conname) || ' ON ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) end as spoken,
       case when k.contypid <> 0 then 'pg_type'::regclass when k.oid is not null then 'pg_class'::regclass end::oid as of_classid, coalesce(nullif(k.contypid, 0), k.conrelid) as of_oid,
       case when k.contypid = 0 then k.conkey[1] else 0 end as of_subid
from (
  select d.*, case when d.objsubid > 0 and d.classoid = 'pg_class'::regclass then (select a.attname::text from pg_catalog.pg_attribute a where a.attrelid = d.objoid and a.attnum = d.objsubid) end as column
  from pg_catalog.pg_description d
  where d.objoid >= 16384 or d.classoid = 'pg_namespace'::regclass
  offset 0
) d
left join pg_catalog.pg_constraint k on d.classoid = 'pg_constraint'::regclass and k.oid = d.objoid and (k.contypid <> 0 or k.contype = 'n')
left join pg_catalog.pg_class c on c.oid = k.conrelid
left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
-- Ours are left out: a column that stands beside the one that the application uses.
where coalesce(d.column, '') !~ '^countersign_[0-9a-f]{8}_(new|old)_'
