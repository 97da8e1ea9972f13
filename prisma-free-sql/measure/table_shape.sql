-- Columns with their types, and the column sets that must be unique, of the named tables. $1: schemas, $2: names, one per table.
-- A table that does not exist gives no row. Unique indexes with a condition or an expression are no keys.
select n.nspname::text as schema,
       c.relname::text as name,
       (select coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum), '[]'::json)
        from pg_catalog.pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
       (select coalesce(json_agg(k.names order by i.indexrelid), '[]'::json)
        from pg_catalog.pg_index i
        cross join lateral (
          select json_agg(a.attname order by p.place) as names
          from unnest((i.indkey::smallint[])[0:i.indnkeyatts - 1]) with ordinality p(attnum, place)
          join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = p.attnum
        ) k
        where i.indrelid = c.oid and i.indisunique and i.indpred is null and i.indexprs is null) as keys
from unnest($1::text[], $2::text[]) as wanted(schema, name)
join pg_catalog.pg_namespace n on n.nspname = wanted.schema
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.name and c.relkind in ('r', 'p', 'f', 'm')
