-- A rehearsal: a version of a plan carried out and taken back on a clone of its target. A worker claims it like a run.
create table rehearsal (
  id uuid primary key default gen_random_uuid(),
  plan_id uuid not null,
  version integer not null,
  target_database text not null,
  requested_by uuid not null references person,
  requested_at timestamptz not null default now(),
  state text not null default 'queued' check (state in ('queued', 'running', 'proved', 'differs', 'failed', 'refused')),
  attempt integer not null default 0,
  worker_id uuid,
  heartbeat_at timestamptz,
  -- Rehearsed of lib/pipeline/rehearsal.ts: what was done so far, step by step, and the proof
  content jsonb,
  ended_at timestamptz,
  sentence text,
  foreign key (plan_id, version) references plan_version (plan_id, version),
  check ((ended_at is null) = (state in ('queued', 'running'))),
  check (ended_at is null or sentence is not null)
);
create unique index rehearsal_one_at_a_time on rehearsal (plan_id) where ended_at is null;
create index rehearsal_newest on rehearsal (plan_id, requested_at desc);
create trigger rehearsal_not_deleted before delete or truncate on rehearsal for each statement execute function forbid_change();

-- Its terms never change, and nothing of it once it has ended: what it found is evidence.
create function only_rehearsing() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare moving text[] := array['state', 'attempt', 'worker_id', 'heartbeat_at', 'content', 'ended_at', 'sentence'];
begin
  if old.ended_at is not null or (to_jsonb(new) - moving) <> (to_jsonb(old) - moving) or new.attempt < old.attempt then
    raise exception 'an ended rehearsal and the terms of a rehearsal do not change' using errcode = 'CS001';
  end if;
  return new;
end $$;
create trigger rehearsal_only_progress before update on rehearsal for each row execute function only_rehearsing();

-- It is asked for by an author or an operator, begins queued, and is of a version of its plan and of that plan's target.
create function rehearsal_asked() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from public.person_role r join public.person p on p.id = r.person_id where r.person_id = new.requested_by and r.role in ('author', 'operator') and p.disabled_at is null) then
    raise exception 'only an author or an operator may ask for a rehearsal' using errcode = 'CS003';
  end if;
  if new.state <> 'queued' or not exists (select from public.plan where id = new.plan_id and target_database = new.target_database) then
    raise exception 'a rehearsal begins queued, on a clone of the target of its plan' using errcode = 'CS008';
  end if;
  return new;
end $$;
create trigger rehearsal_is_asked before insert on rehearsal for each row execute function rehearsal_asked();

create trigger rehearsal_told after insert or update of state on rehearsal for each row execute function tell_run();
