import type { Client } from 'pg';

/** One object that a statement can be about. */
export interface Thing {
  kind: string;
  /** As a statement names it: quoted, qualified, with arguments. */
  address: string;
  /** The bare name, not quoted. */
  name: string;
  schema: string;
  /** Address of the table that it is of. */
  parent: string | null;
  /** Type of a column or result, base of a domain, type of a constraint, relkind or way of partitioning. */
  type: string;
  flags: string;
}

/** Everything that is there and is not a member of an extension, in an order that does not depend on the server. */
export async function inventoryOf(client: Client): Promise<Thing[]> {
  const { rows } = await client.query<Thing>(INVENTORY);
  return rows;
}

const INVENTORY = `
with space as (select oid, nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'),
member as (select objid from pg_depend where deptype = 'e'),
relation as (
  select c.*, s.nspname, quote_ident(s.nspname) || '.' || quote_ident(c.relname) as address
  from pg_class c join space s on s.oid = c.relnamespace where c.oid not in (select objid from member)
), found (kind, address, name, schema, parent, type, flags) as (
  select 'schema', quote_ident(nspname), nspname, nspname, null, '', '' from space
  union all select case r.relkind when 'r' then 'table' when 'p' then 'table' when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' when 'f' then 'foreign table' else 'composite' end,
    r.address, r.relname, r.nspname, (select h.inhparent::regclass::text from pg_inherits h where h.inhrelid = r.oid limit 1), coalesce(pg_get_partkeydef(r.oid), ''), r.relkind::text || case when r.relispartition then ' partition' else '' end
    from relation r where r.relkind in ('r', 'p', 'v', 'm', 'f', 'c') or (r.relkind = 'S' and not exists (select from pg_depend d where d.objid = r.oid and d.deptype = 'i'))
  union all select 'column', quote_ident(a.attname), a.attname, r.nspname, r.address, format_type(a.atttypid, a.atttypmod),
    r.relkind::text || case when a.attnotnull then ' notnull' else '' end || case when a.atthasdef and a.attgenerated = '' then ' default' else '' end || case when a.attidentity <> '' then ' identity' else '' end || case when a.attgenerated <> '' then ' generated' else '' end
    from pg_attribute a join relation r on r.oid = a.attrelid where r.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and a.attnum > 0 and not a.attisdropped
  union all select 'constraint', quote_ident(c.conname), c.conname, r.nspname, r.address, c.contype::text, case when c.convalidated then 'valid' else '' end from pg_constraint c join relation r on r.oid = c.conrelid where c.contype <> 'n'
  union all select 'index', r.address, r.relname, r.nspname, i.indrelid::regclass::text, '', case when i.indisunique then 'unique' else '' end from relation r join pg_index i on i.indexrelid = r.oid where not exists (select from pg_constraint c where c.conindid = r.oid and c.contype <> 'f')
  union all select case t.typtype when 'e' then 'enum' when 'd' then 'domain' else 'range' end, quote_ident(s.nspname) || '.' || quote_ident(t.typname), t.typname, s.nspname, null, coalesce((select string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid), case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end, ''), ''
    from pg_type t join space s on s.oid = t.typnamespace where t.typtype in ('e', 'd', 'r') and t.oid not in (select objid from member)
  union all select case p.prokind when 'f' then 'function' when 'p' then 'procedure' else 'aggregate' end, quote_ident(s.nspname) || '.' || quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')', p.proname, s.nspname, null, format_type(p.prorettype, null), case when p.provolatile = 'i' then 'immutable ' else '' end || l.lanname
    from pg_proc p join space s on s.oid = p.pronamespace join pg_language l on l.oid = p.prolang where p.oid not in (select objid from member)
  union all select 'trigger', quote_ident(t.tgname), t.tgname, r.nspname, r.address, '', '' from pg_trigger t join relation r on r.oid = t.tgrelid where not t.tgisinternal
  union all select 'rule', quote_ident(w.rulename), w.rulename, r.nspname, r.address, '', '' from pg_rewrite w join relation r on r.oid = w.ev_class where w.rulename <> '_RETURN'
  union all select 'policy', quote_ident(p.polname), p.polname, r.nspname, r.address, '', '' from pg_policy p join relation r on r.oid = p.polrelid
  union all select 'statistics', quote_ident(s.nspname) || '.' || quote_ident(x.stxname), x.stxname, s.nspname, null, '', '' from pg_statistic_ext x join space s on s.oid = x.stxnamespace
  union all select 'collation', quote_ident(s.nspname) || '.' || quote_ident(x.collname), x.collname, s.nspname, null, '', '' from pg_collation x join space s on s.oid = x.collnamespace
  union all select 'text search configuration', quote_ident(s.nspname) || '.' || quote_ident(x.cfgname), x.cfgname, s.nspname, null, '', '' from pg_ts_config x join space s on s.oid = x.cfgnamespace where x.oid not in (select objid from member)
  union all select 'text search dictionary', quote_ident(s.nspname) || '.' || quote_ident(x.dictname), x.dictname, s.nspname, null, '', '' from pg_ts_dict x join space s on s.oid = x.dictnamespace where x.oid not in (select objid from member)
  union all select 'operator', quote_ident(s.nspname) || '.' || o.oprname || ' (' || case when o.oprleft = 0 then 'NONE' else format_type(o.oprleft, null) end || ', ' || format_type(o.oprright, null) || ')', o.oprname, s.nspname, null, '', '' from pg_operator o join space s on s.oid = o.oprnamespace where o.oid not in (select objid from member)
  union all select 'cast', '(' || format_type(c.castsource, null) || ' AS ' || format_type(c.casttarget, null) || ')', '', '', null, '', '' from pg_cast c where c.oid >= 16384 and c.oid not in (select objid from member)
  union all select 'publication', quote_ident(p.pubname), p.pubname, '', null, '', case when p.puballtables then 'all' else '' end from pg_publication p
  union all select 'event trigger', quote_ident(e.evtname), e.evtname, '', null, '', '' from pg_event_trigger e where e.oid not in (select objid from member)
  union all select 'extension', quote_ident(e.extname), e.extname, '', null, '', '' from pg_extension e where e.extname <> 'plpgsql'
  union all select 'default privileges', a.defaclobjtype::text, '', '', null, '', '' from pg_default_acl a
  union all select 'server', quote_ident(x.srvname), x.srvname, '', null, '', '' from pg_foreign_server x
)
select * from found order by kind, coalesce(parent, '') collate "C", address collate "C"`;
