-- Purpose: every index of a table or materialized view that does not back a constraint (those belong to their constraint). Relations are given by
-- their number: the caller knows them from introspect/table_list and introspect/materialized_view_list, and passes over all others. A
-- partition's index names the one that it is part of; the table of that is the partition's parent.
-- To write one definition the server looks through all operator classes for each of its columns: a third of what a large schema takes. An ordinary
-- index therefore has an empty definition, and the caller writes it from its parts: B-tree, no INCLUDE or storage parameter, the collation of its columns
-- or the usual one (of what an expression's own is, its text does not tell: nothing in it may have another), and operator classes that only their own type's
-- columns have by default, so that none is named (an index over citext can have text_ops, and then must say so: where a type can be taken for text, an index
-- with text_ops is deparsed).
-- Parameters: none. Expects quote_all_identifiers = off besides the empty search_path.
-- Lock: ACCESS SHARE on the catalogs, and for a moment on each table whose index is deparsed.
select i.indexrelid as oid, i.indrelid as relation, ic.relname::text as name,
       case when plain.so then '' else pg_catalog.pg_get_indexdef(i.indexrelid) end as definition,
       i.indpred is not null as partial,
       am.amname::text as method,
       i.indisunique as unique,
       i.indisvalid and i.indisready and i.indislive as valid,
       -- Numbers of the columns, which the caller knows by name; names and expressions where there are expressions, or columns in no list.
       case when i.indexprs is null and c.relkind <> 'm' then array_to_string((i.indkey::smallint[])[:i.indnkeyatts - 1], ' ') end as column_numbers,
       case when i.indexprs is not null or c.relkind = 'm' then
         (select array_agg(coalesce((select a.attname::text from pg_catalog.pg_attribute a where a.attrelid = i.indrelid and a.attnum = i.indkey[k - 1]), pg_catalog.pg_get_indexdef(i.indexrelid, k, false)) order by k)
          from pg_catalog.generate_series(1, i.indnkeyatts) k) end as columns,
       i.indisclustered as clustered,
       ic.relispartition as inherited,
       parent.relname::text as parent_name,
       -- Only expressions have a target of their own.
       case when i.indexprs is not null then
         (select array_agg(x.attnum || ' SET STATISTICS ' || x.attstattarget order by x.attnum) from pg_catalog.pg_attribute x where x.attrelid = i.indexrelid and x.attnum > 0 and x.attstattarget >= 0) end as column_settings,
       case when plain.so then i.indoption::text end as column_options,
       case when plain.so then i.indcollation::text end as collations,
       case when plain.so and i.indpred is not null then pg_catalog.pg_get_expr(i.indpred, i.indrelid) end as condition,
       -- 0: there stands an expression.
       case when plain.so and i.indexprs is not null then i.indkey::text end as key_numbers
-- Since Postgres 15: on an older server the name means the value of the surrounding query.
from (select false as indnullsnotdistinct) older
cross join pg_catalog.pg_index i
join pg_catalog.pg_class ic on ic.oid = i.indexrelid
join pg_catalog.pg_am am on am.oid = ic.relam
join pg_catalog.pg_class c on c.oid = i.indrelid and c.relkind in ('r', 'p', 'm') and c.relpersistence <> 't'
cross join lateral (
  select i.indnatts = i.indnkeyatts and ic.relkind = 'i' and ic.reloptions is null and c.relkind <> 'm' and ic.relam = 403
    and not (i.indisunique and (select indnullsnotdistinct from (select i.*) inside))
    and i.indcollation::oid[] <@ array[0, 'pg_catalog."default"'::regcollation]::oid[]
    and i.indclass::oid[] <@ (
      -- Types to which no other with an operator class of its own is cast as it is (text is so to bpchar, integer to oid).
      select array_agg(oc.oid) from pg_catalog.pg_opclass oc
      where oc.opcdefault and oc.opcmethod = 403 and oc.opcintype = any ('{boolean,smallint,integer,bigint,numeric,real,double precision,text,uuid,date,timestamp,timestamptz,time,interval,bytea,jsonb,inet}'::regtype[])
        and not exists (select from pg_catalog.pg_cast k where k.casttarget = oc.opcintype and k.castmethod = 'b' and k.castcontext = 'i' and k.castsource >= 16384))
    and (i.indexprs is null or i.indexprs::text !~ 'coll[A-Za-z]* (?!(0|100)[ )}])'
      and not exists (select from pg_catalog.pg_attribute a where a.attrelid = i.indrelid and a.attnum = any (i.indkey) and a.attcollation not in (0, 100))) as so
  offset 0) plain
left join pg_catalog.pg_inherits h on h.inhrelid = i.indexrelid
left join pg_catalog.pg_class parent on parent.oid = h.inhparent and parent.relkind = 'I'
where i.indexrelid >= 16384
  -- Ours, of columns that stand beside those that the application uses. Patterns are dear, and no other name begins like that.
  and (ic.relname not like 'countersign\_%' or ic.relname !~ '^countersign_[0-9a-f]{8}_(new|old)_')
  and not exists (select from pg_catalog.pg_constraint con where con.conindid = i.indexrelid and con.conrelid = i.indrelid and con.contype in ('p', 'u', 'x'))
