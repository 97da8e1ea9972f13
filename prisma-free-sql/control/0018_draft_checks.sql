-- A draft check: what a version of a plan would make of its target, carried out on an empty clone of its schema and compared with another side. It is
-- information for people, and no part of what they sign. A worker claims it like a rehearsal.
create table draft_check (
  id uuid primary key default gen_random_uuid(),
  plan_id uuid not null,
  version integer not null,
  target_database text not null,
  -- The side it is compared with, as it stands in addresses: a database, an SQL text, a folder
  desired text not null,
  -- Null: the worker began it by itself.
  requested_by uuid references person,
  requested_at timestamptz not null default now(),
  state text not null default 'queued' check (state in ('queued', 'running', 'equal', 'differs', 'failed', 'refused', 'superseded')),
  attempt integer not null default 0,
  worker_id uuid,
  heartbeat_at timestamptz,
  -- DraftChecked of lib/pipeline/draft-check.ts
  content jsonb,
  ended_at timestamptz,
  sentence text,
  foreign key (plan_id, version) references plan_version (plan_id, version),
  check ((ended_at is null) = (state in ('queued', 'running'))),
  check (ended_at is null or sentence is not null)
);
create unique index draft_check_one_at_a_time on draft_check (plan_id) where ended_at is null;
create index draft_check_newest on draft_check (plan_id, requested_at desc);
create trigger draft_check_not_deleted before delete or truncate on draft_check for each statement execute function forbid_change();

create function only_checking() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare moving text[] := array['state', 'attempt', 'worker_id', 'heartbeat_at', 'content', 'ended_at', 'sentence'];
begin
  if old.ended_at is not null or (to_jsonb(new) - moving) <> (to_jsonb(old) - moving) or new.attempt < old.attempt then
    raise exception 'an ended draft check and the terms of a draft check do not change' using errcode = 'CS001';
  end if;
  return new;
end $$;
create trigger draft_check_only_progress before update on draft_check for each row execute function only_checking();

-- A person who asks for one is an author or an operator; it begins queued, and is of its plan's target.
create function draft_check_asked() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.requested_by is not null and not exists (select from public.person_role r join public.person p on p.id = r.person_id where r.person_id = new.requested_by and r.role in ('author', 'operator') and p.disabled_at is null) then
    raise exception 'only an author or an operator may ask for a draft check' using errcode = 'CS003';
  end if;
  if new.state <> 'queued' or not exists (select from public.plan where id = new.plan_id and target_database = new.target_database) then
    raise exception 'a draft check begins queued, on a clone of the target of its plan' using errcode = 'CS008';
  end if;
  return new;
end $$;
create trigger draft_check_is_asked before insert on draft_check for each row execute function draft_check_asked();

-- Which side a plan is compared with where its document names none, as an author chose it. No part of what is signed.
alter table plan add column compared_with text;

create or replace function only_newer_version() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare moving text[] := array['name', 'current_version', 'archived_at', 'compared_with'];
begin
  if (to_jsonb(new) - moving) <> (to_jsonb(old) - moving)
     or (new.current_version <> old.current_version
         and new.current_version <> (select max(version) from plan_version where plan_id = new.id)) then
    raise exception 'the current version is the last one, and target and creator of a plan do not change' using errcode = 'CS004';
  end if;
  return new;
end $$;

-- The database on whose schema a text is replayed, because it changes what is there; null: an empty one.
alter table source_text add column onto text;
