-- A phase measured by a worker without the budget that a page has: what takes hours to count is counted once, with the reader's credential, and becomes
-- evidence like any other. A worker claims it like a rehearsal; one at a time on a database.
create table exact_count (
  id uuid primary key default gen_random_uuid(),
  plan_id uuid not null,
  version integer not null,
  phase_id text not null,
  target_database text not null,
  requested_by uuid not null references person,
  requested_at timestamptz not null default now(),
  state text not null default 'queued' check (state in ('queued', 'running', 'counted', 'stopped', 'failed', 'refused')),
  attempt integer not null default 0,
  worker_id uuid,
  heartbeat_at timestamptz,
  stop_requested_at timestamptz,
  stop_requested_by uuid references person,
  -- CountProgress of lib/pipeline/count.ts: which question is asked, and how far it is
  content jsonb,
  evidence_id uuid references evidence,
  ended_at timestamptz,
  sentence text,
  foreign key (plan_id, version) references plan_version (plan_id, version),
  check ((ended_at is null) = (state in ('queued', 'running'))),
  check (ended_at is null or sentence is not null),
  check ((state = 'counted') = (evidence_id is not null)),
  check ((stop_requested_at is null) = (stop_requested_by is null))
);
create unique index exact_count_one_at_a_time on exact_count (target_database) where ended_at is null;
create index exact_count_newest on exact_count (plan_id, phase_id, requested_at desc);
create trigger exact_count_not_deleted before delete or truncate on exact_count for each statement execute function forbid_change();

-- Its terms never change, and nothing of it once it has ended.
create function only_counting() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare moving text[] := array['state', 'attempt', 'worker_id', 'heartbeat_at', 'stop_requested_at', 'stop_requested_by', 'content', 'evidence_id', 'ended_at', 'sentence'];
begin
  if old.ended_at is not null or (to_jsonb(new) - moving) <> (to_jsonb(old) - moving) or new.attempt < old.attempt
     or (old.stop_requested_at is not null and new.stop_requested_at is distinct from old.stop_requested_at) then
    raise exception 'an ended count and the terms of a count do not change' using errcode = 'CS001';
  end if;
  return new;
end $$;
create trigger exact_count_only_progress before update on exact_count for each row execute function only_counting();

-- It is asked for by somebody who may measure, begins queued, and is of a version of its plan and of that plan's target.
create function count_asked() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from public.person_role r join public.person p on p.id = r.person_id where r.person_id = new.requested_by and r.role in ('author', 'approver', 'operator') and p.disabled_at is null) then
    raise exception 'only an author, an approver or an operator may ask for a count' using errcode = 'CS003';
  end if;
  if new.state <> 'queued' or not exists (select from public.plan where id = new.plan_id and target_database = new.target_database) then
    raise exception 'a count begins queued, on the target of its plan' using errcode = 'CS008';
  end if;
  return new;
end $$;
create trigger exact_count_is_asked before insert on exact_count for each row execute function count_asked();
