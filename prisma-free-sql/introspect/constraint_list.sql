-- Purpose: primary, unique, foreign key, check and exclusion constraints of tables, with the parts from which a foreign key can be built
-- again towards another table. Not-null constraints (a kind of their own from Postgres 18 on) are an attribute of the column. The rows
-- that Postgres keeps for each partition of a referenced table are its own bookkeeping and are left out.
-- Columns are named by their numbers, in the table that stands before them; the caller knows the names.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs, and for a moment on each table with a check or an exclusion (it is deparsed).
select con.oid, c.relkind::text as relkind, n.nspname::text as schema, c.relname::text as table, con.conname::text as name, con.contype::text as type,
       pg_catalog.pg_get_constraintdef(con.oid) as definition,
       con.conrelid as columns_of, array_to_string(con.conkey, ' ') as column_numbers,
       con.convalidated as validated,
       case when not con.condeferrable then 'NOT DEFERRABLE' when con.condeferred then 'DEFERRABLE INITIALLY DEFERRED' else 'DEFERRABLE' end as deferrable,
       con.conparentid <> 0 or con.coninhcount > 0 as inherited, con.conislocal as local, c.relispartition as partition,
       pn.nspname::text as parent_schema, pc.relname::text as parent_table, case when pc.oid is not null then parent.conname::text end as parent_name,
       fn.nspname::text as referenced_schema, f.relname::text as referenced_table,
       con.confrelid as referenced_columns_of, array_to_string(con.confkey, ' ') as referenced_column_numbers,
       case con.confmatchtype when 'f' then 'FULL' when 'p' then 'PARTIAL' else 'SIMPLE' end as match,
       case con.confupdtype when 'r' then 'RESTRICT' when 'c' then 'CASCADE' when 'n' then 'SET NULL' when 'd' then 'SET DEFAULT' else 'NO ACTION' end as on_update,
       case con.confdeltype when 'r' then 'RESTRICT' when 'c' then 'CASCADE' when 'n' then 'SET NULL' when 'd' then 'SET DEFAULT' else 'NO ACTION' end as on_delete,
       -- Columns that came after Postgres 14 (15: confdelsetcols, 18: conperiod, conenforced): on older servers the name means the value of the surrounding query.
       case when con.contype = 'f' then (select array_to_string(confdelsetcols, ' ') from (select con.*) inside) end as on_delete_column_numbers,
       case when con.contype = 'f' then (select conperiod from (select con.*) inside) else false end as period,
       case when con.contype in ('f', 'c') then (select conenforced from (select con.*) inside) else true end as enforced,
       (select ic.reloptions from pg_catalog.pg_class ic where ic.oid = con.conindid and con.contype in ('p', 'u', 'x')) as index_options,
       coalesce((select ix.indisclustered from pg_catalog.pg_index ix where ix.indexrelid = con.conindid and con.contype in ('p', 'u', 'x')), false) as clustered
from (select null::smallint[] as confdelsetcols, false as conperiod, true as conenforced) older
cross join pg_catalog.pg_constraint con
join pg_catalog.pg_class c on c.oid = con.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_class f on f.oid = con.confrelid
left join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
left join pg_catalog.pg_constraint parent on parent.oid = con.conparentid
left join pg_catalog.pg_class pc on pc.oid = parent.conrelid
left join pg_catalog.pg_namespace pn on pn.oid = pc.relnamespace
where c.relkind in ('r', 'p', 'f') and c.relpersistence <> 't' and con.contype in ('p', 'u', 'f', 'c', 'x')
  and parent.conrelid is distinct from con.conrelid
  -- Ours, of columns that stand beside those that the application uses.
  and con.conname !~ '^countersign_[0-9a-f]{8}_(new|old)_'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
