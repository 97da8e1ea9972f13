-- Everything that hangs on the named tables, and on the views that read them, classed by catalog. $1: schemas, $2: names, one per table.
-- `kind` decides in lib/pg/measure-dependents.ts whether a phase carries it over; a class that nobody thought of comes out under the name
-- of its catalog and is refused. Left out: what cannot exist without the table (toast, row and array type, internal triggers), and the triggers of a plan itself.
with recursive target as (
  select c.oid, n.nspname, c.relname, c.relkind, c.reltype, c.relacl, c.relowner, c.relam, c.reltablespace, c.reloftype,
         (select t.typarray from pg_catalog.pg_type t where t.oid = c.reltype) as arraytype
  from unnest($1::text[], $2::text[]) as wanted(schema, name)
  join pg_catalog.pg_namespace n on n.nspname = wanted.schema
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.name and c.relkind in ('r', 'p', 'f')
),
reader (target, view) as (
  select t.oid, v.oid
  from target t join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = t.oid and d.classid = 'pg_catalog.pg_rewrite'::regclass
  join pg_catalog.pg_rewrite r on r.oid = d.objid join pg_catalog.pg_class v on v.oid = r.ev_class and v.relkind in ('v', 'm')
  union
  select w.target, v.oid
  from reader w join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = w.view and d.classid = 'pg_catalog.pg_rewrite'::regclass
  join pg_catalog.pg_rewrite r on r.oid = d.objid join pg_catalog.pg_class v on v.oid = r.ev_class and v.relkind in ('v', 'm')
),
-- What something can hang on: the table, and every view that reads it through any number of others.
bearer as (
  select t.oid as target, t.oid as relation, t.reltype, t.arraytype from target t
  union all
  select w.target, c.oid, c.reltype, (select y.typarray from pg_catalog.pg_type y where y.oid = c.reltype) from reader w join pg_catalog.pg_class c on c.oid = w.view
),
hanging as (
  select distinct t.target, t.relation, d.classid, d.objid, d.objsubid
  from bearer t
  join pg_catalog.pg_depend d
    on (d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = t.relation)
    or (d.refclassid = 'pg_catalog.pg_type'::regclass and d.refobjid in (t.reltype, t.arraytype))
  where not (d.classid = 'pg_catalog.pg_type'::regclass and d.objid in (t.reltype, t.arraytype))
    and not (d.classid = 'pg_catalog.pg_class'::regclass and d.objid = t.relation)
),
classed as (
  -- What belongs to a view itself comes along with it: `own` kinds count for the table only.
  select h.target, h.classid, h.objid, h.objsubid,
    case h.classid
      when 'pg_catalog.pg_class'::regclass then (
        select case when c.relkind = 't' then null
                    when c.relkind in ('i', 'I') then case when h.relation = h.target then 'index' end
                    when c.relkind = 'S' then 'sequence'
                    when h.objsubid > 0 then 'column of its row type'
                    when exists (select from pg_catalog.pg_inherits i where i.inhrelid = c.oid and i.inhparent = h.relation) then case when exists (select from target o where o.oid = c.oid) then 'child table inside' when c.relispartition then 'partition' else 'child table' end
                    else 'relation' end
        from pg_catalog.pg_class c where c.oid = h.objid)
      when 'pg_catalog.pg_attrdef'::regclass then (
        select case when a.adrelid = h.relation then case when h.relation = h.target then 'default' end else 'default of another table' end from pg_catalog.pg_attrdef a where a.oid = h.objid)
      when 'pg_catalog.pg_constraint'::regclass then (
        select case when con.conrelid = h.target then 'constraint'
                    -- It stands for a part of another key, to or from a partitioned table: it goes with that one, or when the partition leaves, which the server refuses while a row needs it.
                    when con.contype = 'f' and con.conparentid <> 0 then null
                    when con.contype = 'f' and exists (select from target o where o.oid = con.conrelid) then 'inbound foreign key inside'
                    when con.contype = 'f' then 'inbound foreign key'
                    else 'constraint of another object' end
        from pg_catalog.pg_constraint con where con.oid = h.objid)
      when 'pg_catalog.pg_trigger'::regclass then (
        select case when tg.tgisinternal or exists (select from pg_catalog.pg_proc p join pg_catalog.pg_namespace pn on pn.oid = p.pronamespace where p.oid = tg.tgfoid and pn.nspname ~ '^countersign_') then null when tg.tgrelid = h.relation then case when h.relation = h.target then 'trigger' end else 'trigger of another table' end from pg_catalog.pg_trigger tg where tg.oid = h.objid)
      when 'pg_catalog.pg_rewrite'::regclass then (
        select case when r.ev_class = h.relation then case when h.relation = h.target then 'rule' end when v.relkind = 'm' then 'materialized view' when v.relkind = 'v' then 'view' else 'rule of another table' end
        from pg_catalog.pg_rewrite r join pg_catalog.pg_class v on v.oid = r.ev_class where r.oid = h.objid)
      when 'pg_catalog.pg_policy'::regclass then (
        select case when p.polrelid = h.target then 'policy' else 'policy of another table' end from pg_catalog.pg_policy p where p.oid = h.objid)
      when 'pg_catalog.pg_publication_rel'::regclass then 'publication'
      when 'pg_catalog.pg_statistic_ext'::regclass then case when h.relation = h.target then 'extended statistics' end
      when 'pg_catalog.pg_proc'::regclass then 'function'
      else h.classid::regclass::text
    end as kind
  from hanging h
),
identity as (
  select t.oid as target, d.objid as sequence
  from target t join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = t.oid and d.refobjsubid > 0
    and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype = 'i'
  join pg_catalog.pg_class c on c.oid = d.objid and c.relkind = 'S'
),
found as (
  select c.target, c.kind,
    case when c.classid = 'pg_catalog.pg_rewrite'::regclass and c.kind in ('view', 'materialized view')
         then (select format('%I.%I', vn.nspname, v.relname) from pg_catalog.pg_rewrite r join pg_catalog.pg_class v on v.oid = r.ev_class join pg_catalog.pg_namespace vn on vn.oid = v.relnamespace where r.oid = c.objid)
         else (select i.identity from pg_catalog.pg_identify_object(c.classid, c.objid, c.objsubid) i) end as description
  from classed c
  where c.kind is not null
  union all
  select t.oid, 'owner', pg_catalog.pg_get_userbyid(t.relowner)::text from target t
  union all
  select t.oid, 'grant', format('%s to %s%s', a.privilege_type, case when a.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee)::text end, case when a.is_grantable then ' with grant option' else '' end)
  from target t cross join lateral pg_catalog.aclexplode(t.relacl) a
  where a.grantee <> t.relowner
  union all
  select t.oid, 'column grant', format('%s (%I) to %s%s', a.privilege_type, att.attname, case when a.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee)::text end, case when a.is_grantable then ' with grant option' else '' end)
  from target t join pg_catalog.pg_attribute att on att.attrelid = t.oid and not att.attisdropped cross join lateral pg_catalog.aclexplode(att.attacl) a
  union all
  select t.oid, 'comment', d.description
  from target t join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = t.oid and d.objsubid = 0
  union all
  select t.oid, 'column comment', format('%I: %s', att.attname, d.description)
  from target t join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = t.oid and d.objsubid > 0
  join pg_catalog.pg_attribute att on att.attrelid = t.oid and att.attnum = d.objsubid and not att.attisdropped
  union all
  select t.oid, 'comment on a constraint', format('%I: %s', con.conname, d.description)
  from target t join pg_catalog.pg_constraint con on con.conrelid = t.oid join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_constraint'::regclass and d.objoid = con.oid
  union all
  select t.oid, 'comment on an index', format('%I: %s', ic.relname, d.description)
  from target t join pg_catalog.pg_index i on i.indrelid = t.oid join pg_catalog.pg_class ic on ic.oid = i.indexrelid
  join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = ic.oid
  union all
  select t.oid, 'comment on a trigger', format('%I: %s', tg.tgname, d.description)
  from target t join pg_catalog.pg_trigger tg on tg.tgrelid = t.oid join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_trigger'::regclass and d.objoid = tg.oid
  union all
  select i.target, 'grant on its identity sequence', format('%s to %s%s', a.privilege_type, case when a.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee)::text end, case when a.is_grantable then ' with grant option' else '' end)
  from identity i join pg_catalog.pg_class c on c.oid = i.sequence cross join lateral pg_catalog.aclexplode(c.relacl) a
  where a.grantee <> c.relowner
  union all
  select i.target, 'comment on its identity sequence', d.description
  from identity i join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = i.sequence and d.objsubid = 0
  union all
  -- The new table gets an identity sequence of its own: whoever else draws from the old one, or looks at it, would stay with the old one.
  select i.target, 'use of its identity sequence', (select o.identity from pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) o)
  from identity i join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = i.sequence
  where d.classid <> 'pg_catalog.pg_type'::regclass
  union all
  select w.target, 'grants on a view', format('%I.%I: %s to %s', vn.nspname, v.relname, string_agg(a.privilege_type || case when a.is_grantable then ' with grant option' else '' end, ', ' order by a.privilege_type), case when a.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee)::text end)
  from reader w join pg_catalog.pg_class v on v.oid = w.view join pg_catalog.pg_namespace vn on vn.oid = v.relnamespace cross join lateral pg_catalog.aclexplode(v.relacl) a
  where a.grantee <> v.relowner
  group by w.target, vn.nspname, v.relname, a.grantee
  union all
  select w.target, 'comment on a view', format('%I.%I: %s', vn.nspname, v.relname, d.description)
  from reader w join pg_catalog.pg_class v on v.oid = w.view join pg_catalog.pg_namespace vn on vn.oid = v.relnamespace
  join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = v.oid and d.objsubid = 0
  union all
  select w.target, 'extension', e.extname::text
  from reader w join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = w.view and d.objsubid = 0 and d.deptype = 'e'
  join pg_catalog.pg_extension e on e.oid = d.refobjid
  union all
  select t.oid, 'security label', format('%s: %s', s.provider, s.label)
  from target t join pg_catalog.pg_seclabel s on s.classoid = 'pg_catalog.pg_class'::regclass and s.objoid = t.oid
  union all
  -- With a slot that decodes changes, the rows of the table that is being filled would be sent under a name that no subscriber has.
  select t.oid, case when exists (select from pg_catalog.pg_replication_slots s where s.slot_type = 'logical' and s.database = current_database()) then 'publication of all tables with a slot' else 'publication of all tables' end, p.pubname::text from target t cross join pg_catalog.pg_publication p where p.puballtables and t.relkind in ('r', 'p')
  union all
  select t.oid, 'subscription', s.srsubid::text from target t join pg_catalog.pg_subscription_rel s on s.srrelid = t.oid
  union all
  select t.oid, case when exists (select from target o where o.oid = p.oid) then 'parent table inside' when c.relispartition then 'parent of the partition' else 'parent table' end, format('%I.%I', pn.nspname, p.relname)
  from target t join pg_catalog.pg_inherits i on i.inhrelid = t.oid join pg_catalog.pg_class c on c.oid = t.oid join pg_catalog.pg_class p on p.oid = i.inhparent join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
  union all
  select t.oid, 'extension', e.extname::text
  from target t join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = t.oid and d.objsubid = 0 and d.deptype = 'e'
  join pg_catalog.pg_extension e on e.oid = d.refobjid
  union all
  select t.oid, 'table of a type', format_type(t.reloftype, null) from target t where t.reloftype <> 0
  union all
  select t.oid, 'tablespace', s.spcname::text from target t join pg_catalog.pg_tablespace s on s.oid = t.reltablespace
  union all
  select t.oid, 'access method', a.amname::text from target t join pg_catalog.pg_am a on a.oid = t.relam where a.amname <> 'heap'
  union all
  select t.oid, 'cluster mark', ic.relname::text
  from target t join pg_catalog.pg_index i on i.indrelid = t.oid and i.indisclustered join pg_catalog.pg_class ic on ic.oid = i.indexrelid
  union all
  select t.oid, 'foreign server', s.srvname::text
  from target t join pg_catalog.pg_foreign_table f on f.ftrelid = t.oid join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
)
select distinct t.nspname::text as schema, t.relname::text as name, f.kind, f.description
from found f
join target t on t.oid = f.target
order by 1, 2, 3, 4
