-- Purpose: every table, materialized view and index that stands in another tablespace than its database, by catalog and oid, with the tablespace that it goes back to when it is placed no more.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select c.tableoid as classid, c.oid, 0 as subid, null as column, s.spcname::text as tablespace,
       (select u.spcname::text from pg_catalog.pg_database d join pg_catalog.pg_tablespace u on u.oid = d.dattablespace where d.datname = current_database()) as usual
from pg_catalog.pg_class c
join pg_catalog.pg_tablespace s on s.oid = c.reltablespace
where c.relkind in ('r', 'p', 'm', 'i', 'I') and c.relpersistence <> 't' and c.oid >= 16384
