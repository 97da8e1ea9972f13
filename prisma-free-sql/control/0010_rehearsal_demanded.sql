-- Whether policy demanded, when it was signed or asked for, that a rehearsal had proved the phase.
alter table approval add column proof_demanded boolean not null default false;
alter table run add column proof_demanded boolean not null default false;
-- A way back is never kept waiting for a proof of the way there.
alter table run add constraint run_proof_forward check (kind = 'forward' or not proof_demanded);

-- Where it is demanded, the newest rehearsal of the version that carried the phase out and came to a verdict has proved it.
create function refuse_unproved() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if not new.proof_demanded then
    return new;
  end if;
  -- The lock closes the race with a rehearsal that ends meanwhile: its end is written under the same lock.
  perform 1 from public.plan where id = new.plan_id for no key update;
  if 'proved' is distinct from (
       select r.state from public.rehearsal r
       where r.plan_id = new.plan_id and r.version = new.version and r.state in ('proved', 'differs', 'failed')
         and not coalesce(r.content -> 'left', '[]') @> jsonb_build_array(jsonb_build_object('phase', new.phase_id))
       order by r.requested_at desc limit 1) then
    raise exception 'no rehearsal has proved this phase of this version' using errcode = 'CS010';
  end if;
  return new;
end $$;
create trigger approval_needs_proof before insert on approval for each row execute function refuse_unproved();
create trigger run_needs_proof before insert on run for each row execute function refuse_unproved();
