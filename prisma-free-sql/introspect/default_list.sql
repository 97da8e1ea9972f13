-- Purpose: every default, and the expression of every generated column, by table and position. A default names no column, and is deparsed
-- without its table: that needs no lock, and the server need not learn the table first.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs, and for a moment on each table with a generated column (its expression is deparsed).
select d.oid, d.adrelid as relation, d.adnum as position,
       pg_catalog.pg_get_expr(d.adbin, case when d.adbin::text like '%{VAR %' then d.adrelid else 0 end) as text
from pg_catalog.pg_attrdef d
where d.oid >= 16384
