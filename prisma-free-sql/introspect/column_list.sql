-- Purpose: every column of every table: its type, NOT NULL, identity, generation, and what differs from its type's own collation, storage,
-- compression and statistics target. Tables are given by their number, because the caller knows them from introspect/table_list and
-- introspect/foreign_table_list and passes over all others; texts of defaults are in introspect/default_list, identity sequences in
-- introspect/sequence_list, and Postgres 18's not-null constraints in introspect/not_null_list.
-- Parameters: none. Expects an empty search_path: only collations of pg_catalog are visible then, and all others come with their schema.
-- Lock: ACCESS SHARE on the catalogs only.
select a.attrelid as relation, a.attnum as position, a.attname::text as name,
       pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
       not a.attnotnull as nullable,
       case a.attidentity when 'a' then 'ALWAYS' when 'd' then 'BY DEFAULT' end as identity,
       case a.attgenerated when 's' then 'STORED' when 'v' then 'VIRTUAL' end as kept,
       case when a.attcollation <> t.typcollation then case when pg_catalog.pg_collation_is_visible(a.attcollation) then 'pg_catalog.' else '' end || a.attcollation::regcollation::text end as collation,
       case when a.attstorage <> t.typstorage then case a.attstorage when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'x' then 'EXTENDED' else 'MAIN' end end as storage,
       case t.typstorage when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'x' then 'EXTENDED' else 'MAIN' end as usual_storage,
       case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end as compression,
       nullif(a.attstattarget, -1) as statistics_target,
       a.attoptions as options,
       case when a.attfdwoptions is not null then (select array_agg(quote_ident(split_part(o, '=', 1)) || ' ' || quote_literal(substr(o, strpos(o, '=') + 1)) order by o collate "C") from unnest(a.attfdwoptions) o) end as foreign_options,
       a.attinhcount > 0 as inherited, a.attislocal as local, c.relispartition as partition
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_type t on t.oid = a.atttypid
where c.relkind in ('r', 'p', 'f') and c.relpersistence <> 't' and c.oid >= 16384 and a.attrelid >= 16384 and a.attnum > 0 and not a.attisdropped
  -- Ours, beside the one that the application uses while a plan changes its type. Patterns are dear, and no other name begins like that.
  and (a.attname not like 'countersign\_%' or a.attname !~ '^countersign_[0-9a-f]{8}_(new|old)_')
