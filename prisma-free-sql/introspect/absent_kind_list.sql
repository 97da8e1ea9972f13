-- Purpose: the kinds of which the database has no object of its user's, so that their lists need not be asked for: planning thirty of them takes longer
-- than reading a small schema. Each condition takes in at least what the list of that kind does; a kind that is not here is always asked for.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
with system as materialized (
  select array_agg(n.oid) as names from pg_catalog.pg_namespace n where n.nspname ~ '^pg_' or n.nspname = 'information_schema' or n.nspname ~ '^countersign(_|$)'
), relation as materialized (
  -- To find none of a kind the whole catalog is looked through: once for all of them.
  select coalesce(bool_or(c.relkind = 'c'), false) as c, coalesce(bool_or(c.relkind = 'v'), false) as v, coalesce(bool_or(c.relkind = 'm'), false) as m, coalesce(bool_or(c.relkind = 'f'), false) as f
  from system s join pg_catalog.pg_class c on c.relkind in ('c', 'v', 'm', 'f') and c.relnamespace <> all (s.names)
)
select a.kind
from system s
cross join relation r
cross join lateral (values
  ('enum', exists (select from pg_catalog.pg_type t where t.typtype = 'e' and t.typnamespace <> all (s.names))),
  -- Arrays are base types too, and all have one subscripting function.
  ('base_type', exists (select from pg_catalog.pg_type t where (t.typtype = 'b' and t.typsubscript is distinct from 'pg_catalog.array_subscript_handler'::regproc or t.typtype = 'p') and t.typnamespace <> all (s.names))),
  ('access_method', exists (select from pg_catalog.pg_am a where a.oid >= 16384)),
  ('transform', exists (select from pg_catalog.pg_transform)),
  ('domain', exists (select from pg_catalog.pg_type t where t.typtype = 'd' and t.typnamespace <> all (s.names))),
  ('range_type', exists (select from pg_catalog.pg_type t where t.typtype = 'r' and t.typnamespace <> all (s.names))),
  ('composite_type', r.c),
  ('sequence', exists (select from pg_catalog.pg_class c where c.relkind = 'S' and c.relnamespace <> all (s.names))),
  ('view', r.v),
  ('materialized_view', r.m),
  ('foreign_table', r.f),
  ('collation', exists (select from pg_catalog.pg_collation c where c.collnamespace <> all (s.names))),
  ('conversion', exists (select from pg_catalog.pg_conversion c where c.connamespace <> all (s.names))),
  ('function', exists (select from pg_catalog.pg_proc p where p.prokind in ('f', 'w') and p.pronamespace <> all (s.names))),
  ('procedure', exists (select from pg_catalog.pg_proc p where p.prokind = 'p' and p.pronamespace <> all (s.names))),
  ('aggregate', exists (select from pg_catalog.pg_proc p where p.prokind = 'a' and p.pronamespace <> all (s.names))),
  ('operator', exists (select from pg_catalog.pg_operator o where o.oprnamespace <> all (s.names))),
  ('operator_family', exists (select from pg_catalog.pg_opfamily f where f.opfnamespace <> all (s.names))),
  ('operator_class', exists (select from pg_catalog.pg_opclass c where c.opcnamespace <> all (s.names))),
  ('text_search_parser', exists (select from pg_catalog.pg_ts_parser p where p.prsnamespace <> all (s.names))),
  ('text_search_template', exists (select from pg_catalog.pg_ts_template t where t.tmplnamespace <> all (s.names))),
  ('text_search_dictionary', exists (select from pg_catalog.pg_ts_dict d where d.dictnamespace <> all (s.names))),
  ('text_search_configuration', exists (select from pg_catalog.pg_ts_config c where c.cfgnamespace <> all (s.names))),
  ('statistics', exists (select from pg_catalog.pg_statistic_ext e where e.stxnamespace <> all (s.names))),
  ('rule', exists (select from pg_catalog.pg_rewrite w where w.ev_class >= 16384)),
  ('trigger', exists (select from pg_catalog.pg_trigger t where not t.tgisinternal)),
  ('policy', exists (select from pg_catalog.pg_policy)),
  ('foreign_data_wrapper', exists (select from pg_catalog.pg_foreign_data_wrapper)),
  ('foreign_server', exists (select from pg_catalog.pg_foreign_server)),
  ('user_mapping', exists (select from pg_catalog.pg_foreign_server)),
  ('event_trigger', exists (select from pg_catalog.pg_event_trigger)),
  ('publication', exists (select from pg_catalog.pg_publication)),
  ('subscription', exists (select from pg_catalog.pg_subscription)),
  ('default_privileges', exists (select from pg_catalog.pg_default_acl)),
  ('language', exists (select from pg_catalog.pg_language l where l.oid >= 16384)),
  ('cast', exists (select from pg_catalog.pg_cast c where c.oid >= 16384))
) a (kind, present)
where not a.present
