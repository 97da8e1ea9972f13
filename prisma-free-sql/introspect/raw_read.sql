-- Purpose: what the server's own views say of the schema, one line a fact: an independent witness of two databases being equal, where no
-- pg_dump reads the server. Read by the proof of the comparison only; the comparison itself never looks here.
-- Names that the server alone gives, by a number (keys as each partition of the table referred to has them), and grants on what comes with a range type, are left out.
-- Parameters: none. Expects an empty search_path.
-- Lock: ACCESS SHARE on the catalogs, and for a moment on what is deparsed.
with fact (kind, row) as (
  select 'column', jsonb_build_object('of', a.attrelid::regclass, 'name', a.attname, 'default', pg_catalog.pg_get_expr(d.adbin, d.adrelid), 'not null', a.attnotnull, 'identity', a.attidentity, 'generated', a.attgenerated, 'collation', a.attcollation::regcollation, 'foreign', (select array_agg(o order by o) from unnest(a.attfdwoptions) o))
    from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid >= 16384 and c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
  union all select 'constraint', jsonb_build_object('on', c.conrelid::regclass, 'domain', c.contypid::regtype, 'name', case when (c.contype <> 'n' or c.conname !~ '_not_null\d*$') and not exists (select from pg_catalog.pg_constraint p where p.oid = c.conparentid and p.conrelid = c.conrelid) then c.conname end, 'def', pg_catalog.pg_get_constraintdef(c.oid), 'valid', c.convalidated, 'local', c.conislocal or rc.relispartition, 'inherited', c.coninhcount)
    from pg_catalog.pg_constraint c left join pg_catalog.pg_class rc on rc.oid = c.conrelid where c.oid >= 16384 and (c.contype in ('c', 'p', 'u', 'f', 'x') or (c.contype = 'n' and c.coninhcount = 0))
  union all select 'index', jsonb_build_object('def', pg_catalog.pg_get_indexdef(i.indexrelid), 'valid', i.indisvalid, 'clustered', i.indisclustered, 'identity', i.indisreplident, 'parent', (select h.inhparent::regclass from pg_catalog.pg_inherits h where h.inhrelid = i.indexrelid))
    from pg_catalog.pg_index i where i.indexrelid >= 16384 and i.indrelid::regclass::text !~ '^pg_toast'
  union all select 'attribute', jsonb_build_object('of', a.attrelid::regclass, 'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'storage', a.attstorage, 'compression', a.attcompression, 'statistics', a.attstattarget, 'options', a.attoptions, 'acl', (select array_agg(x::text order by x::text) from unnest(a.attacl) x), 'local', a.attislocal or c.relispartition)
    from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid where a.attrelid >= 16384 and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and a.attnum > 0 and not a.attisdropped
  union all select 'relation', jsonb_build_object('name', c.oid::regclass, 'kind', c.relkind, 'persistence', c.relpersistence, 'options', (select array_agg(o order by o) from unnest(c.reloptions) o), 'security', c.relrowsecurity, 'forced', c.relforcerowsecurity, 'identity', c.relreplident, 'owner', c.relowner::regrole,
      'bound', pg_catalog.pg_get_expr(c.relpartbound, c.oid), 'key', pg_catalog.pg_get_partkeydef(c.oid), 'type', c.reloftype::regtype, 'parents', (select array_agg(h.inhparent::regclass::text order by h.inhseqno) from pg_catalog.pg_inherits h where h.inhrelid = c.oid),
      'view', case when c.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(c.oid) end)
    from pg_catalog.pg_class c where c.oid >= 16384 and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c') and c.relnamespace::regnamespace::text !~ '^pg_'
  union all select 'grant', jsonb_build_object('on', c.oid::regclass, 'grantee', x.grantee::regrole, 'grantor', x.grantor::regrole, 'privilege', x.privilege_type, 'option', x.is_grantable)
    from pg_catalog.pg_class c, pg_catalog.aclexplode(coalesce(c.relacl, pg_catalog.acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))) x where c.oid >= 16384 and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
  union all select 'sequence', to_jsonb(s) - 'last_value' from pg_catalog.pg_sequences s
  union all select 'routine', jsonb_build_object('name', p.oid::regprocedure, 'def', case when p.prokind = 'a' then '' else pg_catalog.pg_get_functiondef(p.oid) end, 'owner', p.proowner::regrole)
    from pg_catalog.pg_proc p where p.oid >= 16384
  union all select 'routine grant', jsonb_build_object('on', p.oid::regprocedure, 'grantee', x.grantee::regrole, 'grantor', x.grantor::regrole, 'option', x.is_grantable)
    from pg_catalog.pg_proc p, pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) x where p.oid >= 16384
      and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i')
  union all select 'aggregate', jsonb_build_object('name', a.aggfnoid::regprocedure, 'f', a.aggtransfn::regprocedure, 'final', a.aggfinalfn::regproc, 't', a.aggtranstype::regtype, 'init', a.agginitval, 'combine', a.aggcombinefn::regproc) from pg_catalog.pg_aggregate a where a.aggfnoid >= 16384
  union all select 'trigger', jsonb_build_object('def', pg_catalog.pg_get_triggerdef(t.oid), 'enabled', t.tgenabled) from pg_catalog.pg_trigger t where not t.tgisinternal
  union all select 'rule', jsonb_build_object('def', pg_catalog.pg_get_ruledef(r.oid), 'enabled', r.ev_enabled) from pg_catalog.pg_rewrite r where r.oid >= 16384 and r.rulename <> '_RETURN'
  union all select 'policy', to_jsonb(p) from pg_catalog.pg_policies p
  union all select 'enum', jsonb_build_object('type', e.enumtypid::regtype, 'labels', array_agg(e.enumlabel order by e.enumsortorder)) from pg_catalog.pg_enum e group by e.enumtypid
  union all select 'domain', jsonb_build_object('name', t.oid::regtype, 'base', pg_catalog.format_type(t.typbasetype, t.typtypmod), 'not null', t.typnotnull, 'default', t.typdefault, 'collation', t.typcollation::regcollation) from pg_catalog.pg_type t where t.typtype = 'd' and t.oid >= 16384
  union all select 'range', jsonb_build_object('name', r.rngtypid::regtype, 'sub', r.rngsubtype::regtype, 'multi', r.rngmultitypid::regtype, 'diff', r.rngsubdiff::regproc) from pg_catalog.pg_range r where r.rngtypid >= 16384
  union all select 'statistics', jsonb_build_object('def', pg_catalog.pg_get_statisticsobjdef(s.oid)) from pg_catalog.pg_statistic_ext s
  union all select 'extension', jsonb_build_object('name', e.extname, 'schema', e.extnamespace::regnamespace) from pg_catalog.pg_extension e
  union all select 'schema', jsonb_build_object('name', n.nspname, 'acl', (select array_agg(x::text order by x::text) from unnest(coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) x)) from pg_catalog.pg_namespace n where n.nspname !~ '^pg_'
  union all select 'wrapper grant', jsonb_build_object('on', f.fdwname, 'grantee', x.grantee::regrole, 'grantor', x.grantor::regrole, 'option', x.is_grantable) from pg_catalog.pg_foreign_data_wrapper f, pg_catalog.aclexplode(coalesce(f.fdwacl, pg_catalog.acldefault('F', f.fdwowner))) x
  union all select 'server grant', jsonb_build_object('on', s.srvname, 'grantee', x.grantee::regrole, 'grantor', x.grantor::regrole, 'option', x.is_grantable) from pg_catalog.pg_foreign_server s, pg_catalog.aclexplode(coalesce(s.srvacl, pg_catalog.acldefault('S', s.srvowner))) x
  union all select 'type grant', jsonb_build_object('on', t.oid::regtype, 'grantee', x.grantee::regrole, 'grantor', x.grantor::regrole, 'option', x.is_grantable) from pg_catalog.pg_type t, pg_catalog.aclexplode(coalesce(t.typacl, pg_catalog.acldefault('T', t.typowner))) x where t.oid >= 16384 and t.typelem = 0
  union all select 'comment', jsonb_build_object('on', (pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid)).identity, 'text', d.description) from pg_catalog.pg_description d where d.objoid >= 16384
  union all select 'cast', jsonb_build_object('from', c.castsource::regtype, 'to', c.casttarget::regtype, 'f', c.castfunc::regprocedure, 'context', c.castcontext, 'method', c.castmethod) from pg_catalog.pg_cast c where c.oid >= 16384
  union all select 'operator', jsonb_build_object('name', o.oid::regoperator, 'f', o.oprcode::regproc, 'commutator', o.oprcom::regoper, 'negator', o.oprnegate::regoper, 'merges', o.oprcanmerge, 'hashes', o.oprcanhash) from pg_catalog.pg_operator o where o.oid >= 16384
  union all select 'class', jsonb_build_object('name', c.opcname, 'type', c.opcintype::regtype, 'default', c.opcdefault) from pg_catalog.pg_opclass c where c.oid >= 16384
  union all select 'collation', to_jsonb(c) - '{oid,collowner,collnamespace,collversion}'::text[] from pg_catalog.pg_collation c where c.oid >= 16384
  union all select 'configuration', jsonb_build_object('name', c.oid::regconfig, 'maps', (select array_agg(m.maptokentype || ' ' || m.mapseqno || ' ' || m.mapdict::regdictionary order by m.maptokentype, m.mapseqno) from pg_catalog.pg_ts_config_map m where m.mapcfg = c.oid)) from pg_catalog.pg_ts_config c where c.oid >= 16384
  union all select 'dictionary', jsonb_build_object('name', d.oid::regdictionary, 'options', d.dictinitoption) from pg_catalog.pg_ts_dict d where d.oid >= 16384
  union all select 'tie', jsonb_build_object('on', (pg_catalog.pg_identify_object(d.classid, d.objid, 0)).identity, 'extension', e.extname) from pg_catalog.pg_depend d join pg_catalog.pg_extension e on e.oid = d.refobjid
    where d.refclassid = 'pg_extension'::regclass and d.deptype = 'x'
  union all select 'tablespace', jsonb_build_object('of', c.oid::regclass, 'name', s.spcname) from pg_catalog.pg_class c join pg_catalog.pg_tablespace s on s.oid = c.reltablespace where c.oid >= 16384 and c.relkind in ('r', 'p', 'm', 'i', 'I') and c.relnamespace::regnamespace::text !~ '^pg_'
  union all select 'label', jsonb_build_object('on', (pg_catalog.pg_identify_object(l.classoid, l.objoid, l.objsubid)).identity, 'provider', l.provider, 'label', l.label) from pg_catalog.pg_seclabel l
  union all select 'event trigger', jsonb_build_object('name', e.evtname, 'event', e.evtevent, 'f', e.evtfoid::regproc, 'enabled', e.evtenabled, 'tags', e.evttags) from pg_catalog.pg_event_trigger e
  union all select 'wrapper', to_jsonb(f) - '{oid,fdwowner,fdwhandler,fdwvalidator,fdwacl}'::text[] || jsonb_build_object('fdwoptions', (select array_agg(o order by o) from unnest(f.fdwoptions) o)) from pg_catalog.pg_foreign_data_wrapper f
  union all select 'server', to_jsonb(s) - '{oid,srvowner,srvfdw,srvacl}'::text[] || jsonb_build_object('srvoptions', (select array_agg(o order by o) from unnest(s.srvoptions) o)) from pg_catalog.pg_foreign_server s
  union all select 'foreign table', jsonb_build_object('name', f.ftrelid::regclass, 'options', (select array_agg(o order by o) from unnest(f.ftoptions) o)) from pg_catalog.pg_foreign_table f
  union all select 'publication', to_jsonb(p) - '{oid,pubowner}'::text[] from pg_catalog.pg_publication p
  union all select 'published', to_jsonb(p) - 'attnames' || jsonb_build_object('columns', (select jsonb_agg(x order by x) from jsonb_array_elements_text(nullif(to_jsonb(p) -> 'attnames', 'null')) x)) from pg_catalog.pg_publication_tables p
  union all select 'default privileges', jsonb_build_object('role', a.defaclrole::regrole, 'schema', a.defaclnamespace::regnamespace, 'type', a.defaclobjtype, 'grants', (select array_agg(x.grantee::regrole || ' ' || x.privilege_type || ' ' || x.is_grantable order by 1) from pg_catalog.aclexplode(a.defaclacl) x)) from pg_catalog.pg_default_acl a
)
select kind || ' ' || jsonb_strip_nulls(row)::text as line from fact order by 1
