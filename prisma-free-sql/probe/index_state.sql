-- What is there under the name of an index ($1 schema, $2 name)? No row = nothing. `usable`: valid, ready and live. `building`: a backend
-- builds it now. The definition begins with `prefix`; what follows is comparable with what was asked for.
select i.indisvalid and i.indisready and i.indislive as usable, i.indisunique as unique,
  pg_catalog.pg_get_indexdef(i.indexrelid) as definition,
  'CREATE ' || case when i.indisunique then 'UNIQUE ' else '' end || 'INDEX ' || pg_catalog.quote_ident(ic.relname) || ' ON '
    || case when ic.relkind = 'I' then 'ONLY ' else '' end || pg_catalog.quote_ident(tn.nspname) || '.' || pg_catalog.quote_ident(t.relname) || ' USING ' as prefix,
  tn.nspname::text as table_schema, t.relname::text as table_name,
  exists (select from pg_catalog.pg_stat_progress_create_index p where p.index_relid = i.indexrelid and p.datid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())) as building
from pg_catalog.pg_class ic
join pg_catalog.pg_namespace n on n.oid = ic.relnamespace
join pg_catalog.pg_index i on i.indexrelid = ic.oid
join pg_catalog.pg_class t on t.oid = i.indrelid
join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
where n.nspname = $1 and ic.relname = $2;
