-- Purpose: what the server has of extensions that a plan makes or brings to another version: the version that CREATE EXTENSION would make, and whether the wanted one can be had from where it is.
-- Parameters: $1 = names, $2 = versions that they have now (null: not there yet), $3 = wanted versions (null: any), all of one length.
-- Lock: none; the server reads its extension folder.
select w.name, a.default_version as by_default,
       case when a.name is null then false
            when w.wanted is null or w.wanted = w.has then true
            when w.has is null then exists (select from pg_catalog.pg_available_extension_versions v where v.name = w.name and v.version = w.wanted)
            else exists (select from pg_catalog.pg_extension_update_paths(w.name) p where p.source = w.has and p.target = w.wanted and p.path is not null)
       end as reachable
from unnest($1::name[], $2::text[], $3::text[]) with ordinality as w (name, has, wanted, place)
left join pg_catalog.pg_available_extensions a on a.name = w.name
order by w.place
