-- Purpose: the rights that a phase needs on what exists and that nobody has: asked before it is signed, because each would fail in the middle of a step.
-- Parameters: $1 = the role that carries the plan out; $2, $3 = schemas and names of tables that it alters; $4 = schemas in which it makes something;
--   $5, $6 = schemas and roles that are to own something there. What does not exist is left out: the phase makes it.
-- A role counts as able when it may become a role that is: how its sessions begin (ALTER ROLE … SET role) is its own business, and the start of a run asks the session itself.
-- Lock: ACCESS SHARE on the catalogs only.
with operator as (select oid, rolsuper from pg_catalog.pg_roles where rolname = $1),
     acts_as as (select r.oid from operator o, pg_catalog.pg_roles r where pg_catalog.pg_has_role(o.oid, r.oid, 'MEMBER'))
select array(select pg_catalog.format('%s.%s', n.nspname, c.relname)
             from operator o, unnest($2::text[], $3::text[]) w (schema, name)
             join pg_catalog.pg_namespace n on n.nspname = w.schema
             join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.name
             where not pg_catalog.pg_has_role(o.oid, c.relowner, 'MEMBER')
             order by 1) as not_owned,
       array(select n.nspname::text
             from operator o, unnest($4::text[]) w (schema)
             join pg_catalog.pg_namespace n on n.nspname = w.schema
             where not exists (select from acts_as a where pg_catalog.has_schema_privilege(a.oid, n.oid, 'CREATE'))
             order by 1) as closed,
       (select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('schema', n.nspname, 'owner', r.rolname) order by n.nspname, r.rolname), '[]')
        from operator o, unnest($5::text[], $6::text[]) w (schema, owner)
        join pg_catalog.pg_namespace n on n.nspname = w.schema
        join pg_catalog.pg_roles r on r.rolname = w.owner
        where not o.rolsuper and not pg_catalog.has_schema_privilege(r.oid, n.oid, 'CREATE')) as closed_to,
       array(select distinct r.rolname::text
             from operator o, unnest($6::text[]) w (owner)
             join pg_catalog.pg_roles r on r.rolname = w.owner
             where not pg_catalog.pg_has_role(o.oid, r.oid, 'MEMBER')
             order by 1) as not_member;
