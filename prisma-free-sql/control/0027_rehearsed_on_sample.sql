-- A rehearsal may run on a sample of the target's rows, where no whole clone can be made. Where a proof is demanded, that is none, unless the worker's configuration
-- said for this target that it suffices; the word stands in the rehearsal itself. Rehearsals of before have no sample and count as they did.
create or replace function refuse_unproved() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if not new.proof_demanded then
    return new;
  end if;
  -- The lock closes the race with a rehearsal that ends meanwhile: its end is written under the same lock.
  perform 1 from public.plan where id = new.plan_id for no key update;
  if 'proved' is distinct from (
       select case when r.content #> '{clone,sample}' is not null and r.content #> '{clone,sample,suffices}' is distinct from 'true' then 'sampled' else r.state end from public.rehearsal r
       where r.plan_id = new.plan_id and r.version = new.version and r.state in ('proved', 'differs', 'failed')
         and not coalesce(r.content -> 'left', '[]') @> jsonb_build_array(jsonb_build_object('phase', new.phase_id))
       order by r.requested_at desc limit 1) then
    raise exception 'no rehearsal has proved this phase of this version' using errcode = 'CS010';
  end if;
  return new;
end $$;
