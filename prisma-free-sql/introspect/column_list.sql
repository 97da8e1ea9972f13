-- Purpose: every column of every table: type, default, NOT NULL (also that of Postgres 18's not-null constraints), identity, generation,
-- and what differs from its type's own collation, storage, compression and statistics target.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs, and for a moment on each table with a default or a generated column (it is deparsed).
with identity as (
  select d.refobjid, d.refobjsubid, sc.relname as seqname, s.*
  from pg_catalog.pg_sequence s
  join pg_catalog.pg_class sc on sc.oid = s.seqrelid
  join pg_catalog.pg_depend d on d.classid = 'pg_class'::regclass and d.objid = s.seqrelid and d.refclassid = 'pg_class'::regclass and d.deptype = 'i'
)
select c.oid, a.attnum as subid, c.relkind::text as relkind, n.nspname::text as schema, c.relname::text as table, a.attname::text as name, a.attnum as position,
       pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
       not a.attnotnull as nullable,
       -- Postgres 18 keeps NOT NULL as a constraint: its name where a person chose it (the server's own end like this, and follow a table that
       -- was renamed or detached from another), and whether it is NO INHERIT or NOT VALID.
       case when nn.coninhcount = 0 and nn.conname !~ '_not_null\d*$' then nn.conname::text end as not_null_name,
       case when nn.connoinherit or not nn.convalidated then array_remove(array[case when nn.connoinherit then 'NO INHERIT' end, case when not nn.convalidated then 'NOT VALID' end], null) end as not_null_flags,
       case when a.attgenerated = '' then pg_catalog.pg_get_expr(def.adbin, def.adrelid) end as default,
       case a.attgenerated when 's' then '(' || pg_catalog.pg_get_expr(def.adbin, def.adrelid) || ') STORED'
                           when 'v' then '(' || pg_catalog.pg_get_expr(def.adbin, def.adrelid) || ') VIRTUAL' end as generated,
       -- Since 17 a partition's column is marked too, and has no sequence of its own: the identity is that of the partitioned table.
       case when i.refobjid is not null then case a.attidentity when 'a' then 'ALWAYS' when 'd' then 'BY DEFAULT' end end as identity,
       nullif(concat_ws(' ',
         case when i.seqstart <> 1 then 'START WITH ' || i.seqstart end,
         case when i.seqincrement <> 1 then 'INCREMENT BY ' || i.seqincrement end,
         case when i.seqmin <> 1 then 'MINVALUE ' || i.seqmin end,
         case when i.seqmax <> case a.atttypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647 else 9223372036854775807 end
              then 'MAXVALUE ' || i.seqmax end,
         case when i.seqcache <> 1 then 'CACHE ' || i.seqcache end,
         case when i.seqcycle then 'CYCLE' end), '') as identity_options,
       -- A table or column that was renamed keeps its sequence under the old name.
       nullif(i.seqname, c.relname || '_' || a.attname || '_seq')::text as identity_sequence,
       case when a.attcollation <> t.typcollation then quote_ident(cn.nspname) || '.' || quote_ident(co.collname) end as collation,
       case when a.attstorage <> t.typstorage then case a.attstorage when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'x' then 'EXTENDED' else 'MAIN' end end as storage,
       case t.typstorage when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'x' then 'EXTENDED' else 'MAIN' end as usual_storage,
       case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end as compression,
       nullif(a.attstattarget, -1) as statistics_target,
       a.attoptions as options,
       case when a.attfdwoptions is not null then (select array_agg(quote_ident(split_part(o, '=', 1)) || ' ' || quote_literal(substr(o, strpos(o, '=') + 1)) order by o collate "C") from unnest(a.attfdwoptions) o) end as foreign_options,
       a.attinhcount > 0 as inherited, a.attislocal as local, c.relispartition as partition
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_attrdef def on def.adrelid = a.attrelid and def.adnum = a.attnum
left join pg_catalog.pg_collation co on co.oid = a.attcollation
left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
left join pg_catalog.pg_constraint nn on nn.conrelid = a.attrelid and nn.contype = 'n' and nn.conkey[1] = a.attnum
left join identity i on i.refobjid = a.attrelid and i.refobjsubid = a.attnum
where c.relkind in ('r', 'p', 'f') and c.relpersistence <> 't' and a.attnum > 0 and not a.attisdropped
  -- Ours, beside the one that the application uses while a plan changes its type.
  and a.attname !~ '^countersign_[0-9a-f]{8}_(new|old)_'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
