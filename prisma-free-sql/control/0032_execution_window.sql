-- Policy may demand that a phase is started within some hours of its last signature (`executionHours`). Every signature keeps the instant at which that time would be over, as policy stood
-- when it was given; the last one of a digest decides. What was not started by then must be asked for and signed again.
alter table approval add column start_by timestamptz check (start_by > signed_at);

create function refuse_late_start() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare until timestamptz;
begin
  -- A broken glass stands in for all signatures, and so for their time.
  if new.kind <> 'forward' or new.break_glass_id is not null then
    return new;
  end if;
  select a.start_by into until from public.approval a
  where a.plan_id = new.plan_id and a.phase_id = new.phase_id and a.digest = new.digest and a.voided_at is null and a.expires_at > now()
  order by a.signed_at desc, a.id desc limit 1;
  if until <= now() then
    raise exception 'it had to be started by %', until using errcode = 'CS037';
  end if;
  return new;
end $$;
create trigger run_in_time before insert on run for each row execute function refuse_late_start();
