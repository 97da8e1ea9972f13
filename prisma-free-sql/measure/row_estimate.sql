-- How many rows the planner's statistics expect in a table (schema $1, name $2), with its partitions; null where one was never analysed. Catalogs only.
with recursive part as (
  select c.oid, c.relkind, c.reltuples from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2
  union all
  select c.oid, c.relkind, c.reltuples from part join pg_catalog.pg_inherits i on i.inhparent = part.oid join pg_catalog.pg_class c on c.oid = i.inhrelid
)
select case when pg_catalog.bool_or(p.reltuples < 0 and p.relkind <> 'p') then null else sum(p.reltuples) filter (where p.relkind <> 'p') end::float8 as rows from part p
