-- Purpose: primary, unique, foreign key, check and exclusion constraints of tables, with the parts from which a foreign key can be built
-- again towards another table. Not-null constraints (a kind of their own from Postgres 18 on) are an attribute of the column. The rows
-- that Postgres keeps for each partition of a referenced table are its own bookkeeping and are left out.
-- Tables are given by their number (the caller knows them from introspect/table_list and passes over all others), columns by theirs in the table
-- that stands before them. A partition's constraint names the one that it is part of; the table of that is the partition's parent.
-- The definition of a foreign key, and of a primary or unique key over columns alone, is empty: the caller writes it from its parts, which takes the
-- server longer.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs, and for a moment on each table with a check or an exclusion (it is deparsed).
select con.oid, con.conrelid as relation, con.conname::text as name, con.contype::text as type,
       case when con.contype = 'f' and f.oid is not null then ''
         when con.contype in ('p', 'u') and con.conexclop is null and keyed.indnatts = keyed.indnkeyatts
           and (con.contype = 'p' or not (select indnullsnotdistinct from (select keyed.*) inside)) then ''
         else pg_catalog.pg_get_constraintdef(con.oid) end as definition,
       array_to_string(con.conkey, ' ') as column_numbers,
       case when con.contype in ('p', 'u', 'x') then con.conindid end as index,
       con.convalidated as validated,
       case when not con.condeferrable then 'NOT DEFERRABLE' when con.condeferred then 'DEFERRABLE INITIALLY DEFERRED' else 'DEFERRABLE' end as deferrable,
       con.conparentid <> 0 or con.coninhcount > 0 as inherited, con.conislocal as local, c.relispartition as partition,
       parent.conname::text as parent_name,
       fn.nspname::text as referenced_schema, f.relname::text as referenced_table,
       con.confrelid as referenced_columns_of, array_to_string(con.confkey, ' ') as referenced_column_numbers,
       case con.confmatchtype when 'f' then 'FULL' when 'p' then 'PARTIAL' else 'SIMPLE' end as match,
       case con.confupdtype when 'r' then 'RESTRICT' when 'c' then 'CASCADE' when 'n' then 'SET NULL' when 'd' then 'SET DEFAULT' else 'NO ACTION' end as on_update,
       case con.confdeltype when 'r' then 'RESTRICT' when 'c' then 'CASCADE' when 'n' then 'SET NULL' when 'd' then 'SET DEFAULT' else 'NO ACTION' end as on_delete,
       -- Columns that came after Postgres 14 (15: confdelsetcols, indnullsnotdistinct; 18: conperiod, conenforced): on older servers the name means the value of the surrounding query.
       case when con.contype = 'f' then (select array_to_string(confdelsetcols, ' ') from (select con.*) inside) end as on_delete_column_numbers,
       case when con.contype = 'f' then (select conperiod from (select con.*) inside) else false end as period,
       case when con.contype in ('f', 'c') then (select conenforced from (select con.*) inside) else true end as enforced,
       ic.reloptions as index_options,
       coalesce(keyed.indisclustered, false) as clustered,
       -- The index of a key can be part of one that is no key's.
       case when con.contype in ('p', 'u') and c.relispartition and con.conparentid = 0 then
         (select whole.relname::text from pg_catalog.pg_inherits h join pg_catalog.pg_class whole on whole.oid = h.inhparent where h.inhrelid = con.conindid) end as parent_index,
       -- Only that of a partitioned table can be otherwise.
       coalesce(keyed.indisvalid, true) as valid
from (select null::smallint[] as confdelsetcols, false as conperiod, true as conenforced, false as indnullsnotdistinct) older
cross join pg_catalog.pg_constraint con
join pg_catalog.pg_class c on c.oid = con.conrelid and c.relkind in ('r', 'p', 'f') and c.relpersistence <> 't'
left join pg_catalog.pg_class f on f.oid = con.confrelid and f.relkind in ('r', 'p')
left join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
left join pg_catalog.pg_constraint parent on parent.oid = con.conparentid
-- Few of their indexes have parameters to tell.
left join pg_catalog.pg_class ic on ic.oid = con.conindid and ic.reloptions is not null and con.contype in ('p', 'u', 'x')
left join pg_catalog.pg_index keyed on keyed.indexrelid = con.conindid and con.contype in ('p', 'u', 'x')
where con.contype in ('p', 'u', 'f', 'c', 'x') and con.conrelid >= 16384
  and parent.conrelid is distinct from con.conrelid
  -- Ours, of columns that stand beside those that the application uses. Patterns are dear, and no other name begins like that.
  and (con.conname not like 'countersign\_%' or con.conname !~ '^countersign_[0-9a-f]{8}_(new|old)_')
