-- Purpose: what depends on what, by catalog and oid. The caller replaces what only stands for another object (introspect/alias_list), and knows
-- which of them are the user's. Triggers that the server makes for foreign keys depend on their constraint and are nobody's.
-- Most of it the caller knows already and it is left out here: a default rests on its column, a constraint on the columns of its table that it lists, an index
-- on its key columns where all of them are columns.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select d.classid, d.objid as oid, d.objsubid as subid, d.refclassid, d.refobjid as refoid, d.refobjsubid as refsubid
from pg_catalog.pg_depend d
left join pg_catalog.pg_constraint con on d.classid = 'pg_constraint'::regclass and con.oid = d.objid
left join pg_catalog.pg_index i on d.classid = 'pg_class'::regclass and i.indexrelid = d.objid and i.indexprs is null
where d.deptype in ('n', 'a', 'i') and d.objid >= 16384 and d.refobjid >= 16384 and d.refclassid <> 'pg_namespace'::regclass
  and not (d.deptype = 'i' and d.classid in ('pg_type'::regclass, 'pg_class'::regclass, 'pg_rewrite'::regclass, 'pg_trigger'::regclass))
  and not (d.deptype = 'a' and d.classid = 'pg_attrdef'::regclass)
  and (d.refclassid <> 'pg_class'::regclass or d.refobjsubid <= 0
    or (con.conrelid is distinct from d.refobjid or d.refobjsubid = any (con.conkey) is not true)
      and (i.indrelid is distinct from d.refobjid or d.refobjsubid = any ((i.indkey::smallint[])[:i.indnkeyatts - 1]) is not true
        or d.refobjid in (select m.oid from pg_catalog.pg_class m where m.relkind = 'm')))
