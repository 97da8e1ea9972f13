-- Purpose: every user mapping, with a fingerprint in place of each option's value: passwords stand there and are never read into a snapshot.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select m.umid as oid, m.srvname::text as server, case when m.umuser = 0 then 'PUBLIC' else quote_ident(m.usename) end as role,
       coalesce((select array_agg(quote_ident(split_part(o, '=', 1)) || ' ' || md5(substr(o, strpos(o, '=') + 1)) order by o collate "C") from unnest(m.umoptions) o), '{}') as options
from pg_catalog.pg_user_mappings m
