-- Purpose: every text search configuration with its mappings: kind of token, then dictionaries in order.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select t.oid, n.nspname::text as schema, t.cfgname::text as name,
       'PARSER = ' || quote_ident(pn.nspname) || '.' || quote_ident(p.prsname) as definition,
       coalesce((select array_agg(x.mapping order by x.mapping collate "C") from (
          select quote_ident(tt.alias) || ' WITH ' || string_agg(quote_ident(dn.nspname) || '.' || quote_ident(d.dictname), ', ' order by m.mapseqno) as mapping
          from pg_catalog.pg_ts_config_map m
          join pg_catalog.ts_token_type(t.cfgparser) tt on tt.tokid = m.maptokentype
          join pg_catalog.pg_ts_dict d on d.oid = m.mapdict join pg_catalog.pg_namespace dn on dn.oid = d.dictnamespace
          where m.mapcfg = t.oid group by tt.alias) x), '{}') as mappings,
       pg_catalog.pg_get_userbyid(t.cfgowner)::text as owner
from pg_catalog.pg_ts_config t join pg_catalog.pg_namespace n on n.oid = t.cfgnamespace
join pg_catalog.pg_ts_parser p on p.oid = t.cfgparser join pg_catalog.pg_namespace pn on pn.oid = p.prsnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_ts_config'::regclass and d.objid = t.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
