-- Is $3.$4 a partition of $1.$2? No row = it is not (any more). pending: a DETACH CONCURRENTLY was broken off and waits for FINALIZE.
select i.inhdetachpending as pending
from pg_catalog.pg_inherits i
join pg_catalog.pg_class p on p.oid = i.inhparent join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
join pg_catalog.pg_class c on c.oid = i.inhrelid join pg_catalog.pg_namespace cn on cn.oid = c.relnamespace
where pn.nspname = $1 and p.relname = $2 and cn.nspname = $3 and c.relname = $4;
