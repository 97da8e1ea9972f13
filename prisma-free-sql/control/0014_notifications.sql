-- What people and programs are told of. A notice is written by a trigger, in the transaction of what it tells: no code path can forget it, and nothing is told that did not happen.
create table notice (
  id uuid primary key default gen_random_uuid(),
  at timestamptz not null default clock_timestamp(),
  event text not null check (event in ('approval_wanted', 'approval_given', 'approval_voided', 'changes_requested', 'run_started', 'run_applied', 'run_deviated', 'run_failed', 'rollback', 'phase_due', 'drift')),
  plan_id uuid references plan,
  phase_id text,
  run_id uuid references run,
  database_name text,
  -- who did it, or whose signature it was; null: nobody in particular
  person_id uuid references person,
  -- what they wrote, or the sentence that says why
  reason text not null default '',
  -- what must be told once, however often it is noticed
  occasion text unique,
  -- when deliveries were made of it; null: still to come
  spread_at timestamptz
);
create index notice_to_spread on notice (at) where spread_at is null;

create function notice_of_version() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into notice (event, plan_id, person_id, reason) values ('approval_wanted', new.plan_id, new.edited_by, new.reason);
  return null;
end $$;
create trigger plan_version_noticed after insert on plan_version for each row execute function notice_of_version();

create function notice_of_approval() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into notice (event, plan_id, phase_id, person_id, reason)
  values (case tg_op when 'INSERT' then 'approval_given' else 'approval_voided' end, new.plan_id, new.phase_id, new.person_id, case tg_op when 'INSERT' then new.comment else new.void_reason end);
  return null;
end $$;
create trigger approval_noticed after insert or update on approval for each row execute function notice_of_approval();

create function notice_of_request() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into notice (event, plan_id, phase_id, person_id, reason) values ('changes_requested', new.plan_id, new.phase_id, new.person_id, new.comment);
  return null;
end $$;
create trigger change_request_noticed after insert on change_request for each row execute function notice_of_request();

-- A run goes through each state once, but another worker may take it up where one left it.
create function notice_of_run() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare told text := case
  when new.state not in ('running', 'applied', 'deviated', 'failed', 'refused', 'cancelled') then null
  when new.kind = 'rollback' then 'rollback'
  when new.state = 'running' then 'run_started'
  when new.state in ('applied', 'deviated') then 'run_' || new.state
  else 'run_failed' end;
begin
  if told is not null then
    insert into notice (event, plan_id, phase_id, run_id, database_name, person_id, reason, occasion)
    values (told, new.plan_id, new.phase_id, new.id, new.target_database, new.requested_by, coalesce(new.sentence, ''), concat_ws(' ', 'run', new.id, new.state))
    on conflict (occasion) do nothing;
  end if;
  return null;
end $$;
create trigger run_noticed after update of state on run for each row when (old.state is distinct from new.state) execute function notice_of_run();

create function notice_of_drift() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into notice (event, database_name, reason) values ('drift', new.database_name, format('%s differences, among them: %s', new.outside, (select string_agg(name, ', ') from (select jsonb_array_elements_text(new.names) as name limit 3) as first)));
  return null;
end $$;
create trigger drift_noticed after insert on drift for each row when (new.outside > 0) execute function notice_of_drift();

-- Where notices go. The address may itself be a secret (Slack's and Teams' are), so it is sealed with the key of the environment; no secret is stored for signing.
create table webhook (
  id uuid primary key,
  name text not null check (btrim(name) <> ''),
  url_sealed text not null,
  host text not null,
  form text not null check (form in ('json', 'slack', 'teams')),
  events text[] not null check (cardinality(events) > 0),
  created_by uuid not null references person,
  created_at timestamptz not null default now(),
  disabled_at timestamptz
);
create trigger webhook_not_deleted before delete or truncate on webhook for each statement execute function forbid_change();

-- One notice on its way to one place: a webhook, or a person's mailbox.
create table delivery (
  id uuid primary key default gen_random_uuid(),
  notice_id uuid not null references notice,
  webhook_id uuid references webhook,
  person_id uuid references person,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  created_at timestamptz not null default clock_timestamp(),
  check ((webhook_id is null) <> (person_id is null))
);
create unique index delivery_once_to_webhook on delivery (notice_id, webhook_id) where webhook_id is not null;
create unique index delivery_once_to_person on delivery (notice_id, person_id) where person_id is not null;
create index delivery_newest on delivery (created_at desc);

create table delivery_attempt (
  delivery_id uuid not null references delivery,
  seq integer not null check (seq >= 1),
  at timestamptz not null default clock_timestamp(),
  -- of HTTP or SMTP; null: nobody answered
  status integer,
  ms integer not null check (ms >= 0),
  -- the beginning of the answer, or why there was none
  answer text not null check (length(answer) <= 200),
  primary key (delivery_id, seq)
);

-- What a person said about an event; without a row the event's own rule holds (lib/pipeline/notice.ts).
create table notification_choice (
  person_id uuid not null references person,
  event text not null,
  mail boolean not null,
  primary key (person_id, event)
);

-- Where notices go is no business of a token (0013) either.
create trigger webhook_not_by_token before insert or update on webhook for each statement execute function refuse_token();
