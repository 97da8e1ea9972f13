-- Purpose: of the tablespaces that a plan puts something into, which the server has, and into which the role may put it; what goes back to the database's own needs no right.
-- Parameters: $1 = names, $2 = the role that carries the plan out (null: not known).
-- Lock: ACCESS SHARE on the catalogs only.
select w.name::text, s.oid is not null as there,
       s.oid = d.dattablespace or r.oid is null or pg_catalog.has_tablespace_privilege(r.oid, s.oid, 'CREATE') as open
from unnest($1::name[]) w (name)
left join pg_catalog.pg_tablespace s on s.spcname = w.name
left join pg_catalog.pg_roles r on r.rolname = $2
join pg_catalog.pg_database d on d.datname = current_database()
order by w.name
