-- Purpose: not-null constraints (Postgres 18 and later) that have more to say than that the column is NOT NULL: a name that a person chose (the
-- server's own end like this, and follow a table that was renamed or detached from another), NO INHERIT, NOT VALID. `called`: what the server calls one that
-- nobody named, where that is not the table's and the column's name: it made the name for another, or cut it off.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select nn.conrelid as relation, nn.conkey[1] as position, made.name, made.flags, made.called
from pg_catalog.pg_constraint nn
join pg_catalog.pg_class c on c.oid = nn.conrelid
join pg_catalog.pg_attribute a on a.attrelid = nn.conrelid and a.attnum = nn.conkey[1]
cross join lateral (
  select case when nn.coninhcount = 0 and nn.conname !~ '_not_null\d*$' then nn.conname::text end as name,
         case when nn.connoinherit or not nn.convalidated then array_remove(array[case when nn.connoinherit then 'NO INHERIT' end, case when not nn.convalidated then 'NOT VALID' end], null) end as flags,
         case when nn.coninhcount = 0 and nn.conname ~ '_not_null\d*$' and nn.conname::text <> c.relname || '_' || a.attname || '_not_null' then nn.conname::text end as called
) made
where nn.contype = 'n' and nn.conrelid >= 16384 and (made.name is not null or made.flags is not null or made.called is not null)
