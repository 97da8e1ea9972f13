-- Purpose: not-null constraints (Postgres 18 and later) that have more to say than that the column is NOT NULL: a name that a person chose (the
-- server's own end like this, and follow a table that was renamed or detached from another), NO INHERIT, NOT VALID.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select nn.conrelid as relation, nn.conkey[1] as position,
       case when nn.coninhcount = 0 and nn.conname !~ '_not_null\d*$' then nn.conname::text end as name,
       case when nn.connoinherit or not nn.convalidated then array_remove(array[case when nn.connoinherit then 'NO INHERIT' end, case when not nn.convalidated then 'NOT VALID' end], null) end as flags
from pg_catalog.pg_constraint nn
where nn.contype = 'n' and nn.conrelid >= 16384
  and ((nn.coninhcount = 0 and nn.conname !~ '_not_null\d*$') or nn.connoinherit or not nn.convalidated)
