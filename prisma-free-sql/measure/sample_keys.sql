-- Purpose: every foreign key between two ordinary tables, by which a row of a sample brings its parents along: its columns in order, and for each the operator
-- that compares parent with child. Keys of partitioned tables are there once for each partition.
-- Lock: ACCESS SHARE on the catalogs.
select k.conrelid::text as child, k.confrelid::text as parent,
  (select json_agg(json_build_object('child', ca.attname, 'parent', pa.attname, 'operator', format('OPERATOR(%I.%s)', opn.nspname, op.oprname)) order by u.place)
   from unnest(k.conkey, k.confkey, k.conpfeqop) with ordinality u (child, parent, operator, place)
   join pg_catalog.pg_attribute ca on ca.attrelid = k.conrelid and ca.attnum = u.child
   join pg_catalog.pg_attribute pa on pa.attrelid = k.confrelid and pa.attnum = u.parent
   join pg_catalog.pg_operator op on op.oid = u.operator
   join pg_catalog.pg_namespace opn on opn.oid = op.oprnamespace) as columns
from pg_catalog.pg_constraint k
join pg_catalog.pg_class cc on cc.oid = k.conrelid and cc.relkind = 'r'
join pg_catalog.pg_class pc on pc.oid = k.confrelid and pc.relkind = 'r'
where k.contype = 'f'
order by k.oid;
