-- Purpose: every subscription of this database with what it is set to otherwise than a new one. Whether it is enabled follows from what happens to it, and
-- its connection holds a password: neither is read.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
-- What an older server does not know means the null of the surrounding query there; the row as a whole may be read by superusers alone.
select s.oid, s.subname::text as name, (select array_agg(p order by p collate "C") from unnest(s.subpublications) p) as publications, s.subslotname::text as slot,
       array_remove(array[
         case when s.subsynccommit <> 'off' then 'synchronous_commit = ' || s.subsynccommit end,
         case when s.subbinary then 'binary = true' end,
         -- On or off up to Postgres 15, off, on or parallel after it; from 18 on parallel is what a new one is, and this is said as it stands.
         case (select substream::text from pg_catalog.pg_subscription i where i.oid = s.oid) when 'true' then 'streaming = on' when 't' then 'streaming = on' when 'p' then 'streaming = parallel' end,
         case (select subtwophasestate::text from pg_catalog.pg_subscription i where i.oid = s.oid) when 'p' then 'two_phase = true' when 'e' then 'two_phase = true' end,
         case when (select subdisableonerr from pg_catalog.pg_subscription i where i.oid = s.oid) then 'disable_on_error = true' end,
         case when not (select subpasswordrequired from pg_catalog.pg_subscription i where i.oid = s.oid) then 'password_required = false' end,
         case when (select subrunasowner from pg_catalog.pg_subscription i where i.oid = s.oid) then 'run_as_owner = true' end,
         case when (select suborigin from pg_catalog.pg_subscription i where i.oid = s.oid) <> 'any' then 'origin = ' || (select suborigin from pg_catalog.pg_subscription i where i.oid = s.oid) end,
         case when (select subfailover from pg_catalog.pg_subscription i where i.oid = s.oid) then 'failover = true' end], null) as settings,
       pg_catalog.pg_get_userbyid(s.subowner)::text as owner
from (select null::text as subtwophasestate, null::boolean as subdisableonerr, null::boolean as subpasswordrequired, null::boolean as subrunasowner, null::text as suborigin, null::boolean as subfailover) older, pg_catalog.pg_subscription s
where s.subdbid = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
