-- What the team lays down while it works (PolicyDocument of lib/pipeline/policy-document.ts), beyond the configuration of the installation, which stays
-- the floor and is version 0. Append-only; the last version counts.
create table policy_version (
  number integer primary key check (number >= 1),
  document jsonb not null check (jsonb_typeof(document) = 'object'),
  made_by uuid not null references person,
  made_at timestamptz not null default now(),
  reason text not null check (btrim(reason) <> '')
);
create trigger policy_version_append_only before update or delete or truncate on policy_version for each statement execute function forbid_change();

create function number_policy() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if not has_role(new.made_by, 'admin') then
    raise exception 'only an admin lays down policy' using errcode = 'CS003';
  end if;
  if coalesce(current_setting('countersign.token', true), '') <> ''
     or coalesce(current_setting('countersign.signed_in', true), '') <> new.made_by::text then
    raise exception 'only a person who is signed in lays down policy, never a token' using errcode = 'CS011';
  end if;
  if new.number <> (select coalesce(max(number), 0) + 1 from public.policy_version) then
    raise exception 'policy % does not follow the last one', new.number using errcode = 'CS030';
  end if;
  -- Read once as they will be read at every start: what cannot be read would otherwise stop every run.
  perform f."from" < f."to" from jsonb_to_recordset(new.document -> 'freezes') as f("from" timestamptz, "to" timestamptz, databases jsonb);
  perform coalesce((new.document ->> 'approvals')::integer, 1);
  return new;
end $$;
create trigger policy_version_numbered before insert on policy_version for each row execute function number_policy();

-- A person's word that an approved phase shall start at an instant. It is no run: it holds no target, and workers and pages of before know nothing
-- of it. At that instant a worker makes it a run, under all the rules of one, or says why not. Moving it ends it and begins another.
create table scheduled_start (
  id uuid primary key default gen_random_uuid(),
  plan_id uuid not null,
  version integer not null,
  phase_id text not null,
  target_database text not null,
  -- what was signed when it was scheduled: nothing else is started
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  start_at timestamptz not null,
  scheduled_by uuid not null references person,
  scheduled_at timestamptz not null default now(),
  reason text not null default '',
  state text not null default 'waiting' check (state in ('waiting', 'started', 'stopped', 'moved', 'refused')),
  ended_at timestamptz,
  -- who stopped or moved it; null: a worker ended it
  ended_by uuid references person,
  sentence text,
  foreign key (plan_id, version) references plan_version (plan_id, version),
  check ((state = 'waiting') = (ended_at is null)),
  check ((state = 'waiting') = (sentence is null))
);
create unique index scheduled_start_one_per_phase on scheduled_start (plan_id, phase_id) where state = 'waiting';
create index scheduled_start_due on scheduled_start (start_at) where state = 'waiting';
create trigger scheduled_start_not_deleted before delete or truncate on scheduled_start for each statement execute function forbid_change();

create function check_scheduled_start() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare moving text[] := array['state', 'ended_at', 'ended_by', 'sentence'];
begin
  if tg_op = 'UPDATE' then
    if old.state <> 'waiting' or new.state = 'waiting' or (to_jsonb(new) - moving) <> (to_jsonb(old) - moving) then
      raise exception 'a scheduled start does not change: it ends once' using errcode = 'CS008';
    end if;
    return new;
  end if;
  perform 1 from public.plan where id = new.plan_id for no key update;
  if not has_role(new.scheduled_by, 'operator') then
    raise exception 'only an operator schedules a start' using errcode = 'CS003';
  end if;
  if coalesce(current_setting('countersign.token', true), '') <> ''
     or coalesce(current_setting('countersign.signed_in', true), '') <> new.scheduled_by::text then
    raise exception 'only a person who is signed in schedules a start, never a token' using errcode = 'CS011';
  end if;
  if new.version <> (select current_version from public.plan where id = new.plan_id)
     or new.target_database <> (select target_database from public.plan where id = new.plan_id) then
    raise exception 'only the current version can be scheduled, on the target of its plan' using errcode = 'CS004';
  end if;
  if new.state <> 'waiting' then
    raise exception 'a scheduled start begins waiting' using errcode = 'CS008';
  end if;
  return new;
end $$;
create trigger scheduled_start_checked before insert or update on scheduled_start for each row execute function check_scheduled_start();

-- Which person's word a run goes back to, where nobody pressed the button at that moment. One word starts one run.
alter table run add column scheduled_start_id uuid unique references scheduled_start;
alter table run add constraint run_scheduled_forward check (kind = 'forward' or scheduled_start_id is null);

-- As in 0013; a run may also be begun by a worker on the word of the operator that it names, given while signed in, and not before its instant.
create or replace function refuse_without_session() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  entry jsonb := to_jsonb(new);
  who uuid := case tg_table_name when 'approval' then (entry ->> 'person_id')::uuid else (entry ->> 'requested_by')::uuid end;
begin
  if coalesce(current_setting('countersign.token', true), '') = '' and tg_table_name = 'run' and entry ->> 'scheduled_start_id' is not null then
    if exists (select 1 from public.scheduled_start s where s.id = (entry ->> 'scheduled_start_id')::uuid and s.state = 'waiting' and s.start_at <= now() and s.scheduled_by = who
               and s.plan_id = (entry ->> 'plan_id')::uuid and s.version = (entry ->> 'version')::integer and s.phase_id = entry ->> 'phase_id'
               and s.target_database = entry ->> 'target_database' and s.digest = entry ->> 'digest') then
      return new;
    end if;
    raise exception 'no operator scheduled exactly this start for now' using errcode = 'CS031';
  end if;
  if coalesce(current_setting('countersign.token', true), '') <> ''
     or coalesce(current_setting('countersign.signed_in', true), '') <> who::text then
    raise exception 'only a person who is signed in approves a phase or starts a run, never a token' using errcode = 'CS011';
  end if;
  return new;
end $$;

-- Nothing goes forward while its target is frozen, and nothing under fewer signatures than policy demands of every phase. The way back is
-- open always: a freeze keeps changes away from the database, and taking one back is what a freeze may need most.
-- (Windows and the number for phases that remove rows are held by command and worker: they need more than a row to be told.)
create function refuse_against_policy() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare policy jsonb;
begin
  if new.kind <> 'forward' then
    return new;
  end if;
  select document into policy from public.policy_version order by number desc limit 1;
  if exists (select 1 from jsonb_to_recordset(coalesce(policy -> 'freezes', '[]')) as f("from" timestamptz, "to" timestamptz, databases jsonb)
             where f."from" <= clock_timestamp() and clock_timestamp() < f."to"
               and (jsonb_typeof(f.databases) is distinct from 'array' or f.databases ? new.target_database)) then
    raise exception '% is frozen', new.target_database using errcode = 'CS032';
  end if;
  if new.approvals_needed < coalesce((policy ->> 'approvals')::integer, 1) then
    raise exception 'policy demands % approvals', policy ->> 'approvals' using errcode = 'CS006';
  end if;
  return new;
end $$;
create trigger run_under_policy before insert on run for each row execute function refuse_against_policy();
