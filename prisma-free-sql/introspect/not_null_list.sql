-- Purpose: not-null constraints (Postgres 18 and later) that have more to say than that the column is NOT NULL: a name that is not the table's and the column's,
-- NO INHERIT, NOT VALID, and of an heir whether it has the constraint from its parents alone. `name`: null where it is the usual one. `own`: false where a dump
-- does not write it with the table, because it comes with a parent; true where an heir declares it, beside its parents or alone; null where nobody could have given
-- it on. A partition's always stands by itself in a dump, and so does one that every row keeps though its parents' were not checked.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select nn.conrelid as relation, nn.conkey[1] as position, said.name, said.flags, said.own
from pg_catalog.pg_constraint nn
join pg_catalog.pg_class c on c.oid = nn.conrelid
join pg_catalog.pg_attribute a on a.attrelid = nn.conrelid and a.attnum = nn.conkey[1]
cross join lateral (
  select case when nn.conname::text <> c.relname || '_' || a.attname || '_not_null' then nn.conname::text end as name,
         case when nn.connoinherit or not nn.convalidated then array_remove(array[case when nn.connoinherit then 'NO INHERIT' end, case when not nn.convalidated then 'NOT VALID' end], null) end as flags,
         case when nn.conislocal then case when a.attinhcount > 0 and not c.relispartition then true end
           when nn.convalidated and (c.relispartition or not exists (
             select from pg_catalog.pg_inherits h
             join pg_catalog.pg_attribute pa on pa.attrelid = h.inhparent and pa.attname = a.attname and not pa.attisdropped
             join pg_catalog.pg_constraint pn on pn.conrelid = h.inhparent and pn.contype = 'n' and pn.conkey[1] = pa.attnum and pn.convalidated
             where h.inhrelid = nn.conrelid)) then case when a.attinhcount > 0 and not c.relispartition then true end
           else false end as own
) said
where nn.contype = 'n' and nn.conrelid >= 16384 and (said.name is not null or said.flags is not null or said.own is not null)
