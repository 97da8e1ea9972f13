-- What people say to each other about a plan, and what each of them has seen of it. Nothing here decides anything: what closes a phase is a request
-- for changes. Old workers and pages know nothing of these tables; a worker of before that has a mail server stumbles over the new events until one of now has taken them.

-- One thing that somebody said. It begins a thread about the plan, a phase or a step; or it answers a thread, or a request for changes.
create table comment (
  id uuid primary key default gen_random_uuid(),
  plan_id uuid not null,
  -- the version that its writer was looking at
  version integer not null,
  phase_id text,
  step_id text,
  reply_to uuid references comment,
  change_request_id uuid references change_request,
  person_id uuid not null references person,
  body text not null check (btrim(body) <> '' and length(body) <= 4000),
  created_at timestamptz not null default clock_timestamp(),
  foreign key (plan_id, version) references plan_version (plan_id, version),
  check (step_id is null or phase_id is not null),
  check (num_nonnulls(reply_to, change_request_id) = 0 or (num_nonnulls(reply_to, change_request_id) = 1 and phase_id is null))
);
create index comment_by_plan on comment (plan_id, created_at);
create trigger comment_append_only before update or delete or truncate on comment for each statement execute function forbid_change();

-- Whom it means (@name), found out when it was written: names change later.
create table comment_mention (
  comment_id uuid not null references comment,
  person_id uuid not null references person,
  primary key (comment_id, person_id)
);
create index comment_mention_of on comment_mention (person_id);
create trigger comment_mention_append_only before update or delete or truncate on comment_mention for each statement execute function forbid_change();

-- A thread is open until somebody settles it, and may be opened again.
create table thread_state (
  thread_id uuid not null references comment,
  seq integer not null check (seq >= 1),
  settled boolean not null,
  person_id uuid not null references person,
  at timestamptz not null default clock_timestamp(),
  primary key (thread_id, seq)
);
create trigger thread_state_append_only before update or delete or truncate on thread_state for each statement execute function forbid_change();

-- Which version took away what a thread is about. Ids of removed steps are given again, so that the id alone would lead to another step later.
create table thread_lost (
  thread_id uuid primary key references comment,
  version integer not null,
  title text not null
);
create trigger thread_lost_append_only before update or delete or truncate on thread_lost for each statement execute function forbid_change();

-- The title of a step, or of a phase where no step is named; null: the document has none of this id.
create function anchor_title(document jsonb, phase text, step text) returns text language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select case when step is null
    then jsonb_path_query_first(document, '$.phases[*] ? (@.id == $id).title', jsonb_build_object('id', phase)) #>> '{}'
    else jsonb_path_query_first(document, '$.phases[*].steps[*] ? (@.id == $id).title', jsonb_build_object('id', step)) #>> '{}' end
$$;

create function check_comment() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if coalesce(current_setting('countersign.token', true), '') <> ''
     or coalesce(current_setting('countersign.signed_in', true), '') <> new.person_id::text then
    raise exception 'only a person who is signed in writes a comment, in their own name' using errcode = 'CS011';
  end if;
  -- Against a save that takes the step away in this moment, and a thread that is settled in it.
  perform 1 from public.plan where id = new.plan_id for no key update;
  if new.reply_to is not null and not exists (select 1 from public.comment t where t.id = new.reply_to and t.plan_id = new.plan_id and t.reply_to is null and t.change_request_id is null)
     or new.change_request_id is not null and not exists (select 1 from public.change_request r where r.id = new.change_request_id and r.plan_id = new.plan_id) then
    raise exception 'an answer belongs to a thread of its plan, one level deep' using errcode = 'CS040';
  end if;
  if new.reply_to is not null and (select s.settled from public.thread_state s where s.thread_id = new.reply_to order by s.seq desc limit 1) then
    raise exception 'the thread is settled' using errcode = 'CS041';
  end if;
  if new.phase_id is not null and anchor_title((select document from public.plan_version where plan_id = new.plan_id and version = new.version), new.phase_id, new.step_id) is null then
    raise exception 'version % has no such phase or step', new.version using errcode = 'CS040';
  end if;
  return new;
end $$;
create trigger comment_checked before insert on comment for each row execute function check_comment();

create function check_thread_state() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare last record;
begin
  if coalesce(current_setting('countersign.token', true), '') <> ''
     or coalesce(current_setting('countersign.signed_in', true), '') <> new.person_id::text then
    raise exception 'only a person who is signed in settles or opens a thread, in their own name' using errcode = 'CS011';
  end if;
  perform 1 from public.plan p join public.comment c on c.plan_id = p.id where c.id = new.thread_id for no key update of p;
  if not exists (select 1 from public.comment c where c.id = new.thread_id and c.reply_to is null and c.change_request_id is null) then
    raise exception 'only what begins a thread is settled' using errcode = 'CS040';
  end if;
  select s.seq, s.settled into last from public.thread_state s where s.thread_id = new.thread_id order by s.seq desc limit 1;
  if new.seq <> coalesce(last.seq, 0) + 1 or new.settled = coalesce(last.settled, false) then
    raise exception 'the thread was settled or opened already' using errcode = 'CS041';
  end if;
  return new;
end $$;
create trigger thread_state_checked before insert on thread_state for each row execute function check_thread_state();

-- Written with the version that takes a step away, and for a comment on a version that was overtaken already, with the comment.
create function lose_threads() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into public.thread_lost (thread_id, version, title)
  select c.id, new.version, coalesce(anchor_title((select document from public.plan_version where plan_id = new.plan_id and version = new.version - 1), c.phase_id, c.step_id), '')
  from public.comment c
  where c.plan_id = new.plan_id and c.phase_id is not null and anchor_title(new.document, c.phase_id, c.step_id) is null
    and not exists (select 1 from public.thread_lost l where l.thread_id = c.id);
  return null;
end $$;
create trigger plan_version_loses_threads after insert on plan_version for each row execute function lose_threads();

create function lost_already() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into public.thread_lost (thread_id, version, title)
  select new.id, v.version, anchor_title((select document from public.plan_version where plan_id = new.plan_id and version = new.version), new.phase_id, new.step_id)
  from public.plan_version v
  where v.plan_id = new.plan_id and v.version > new.version and anchor_title(v.document, new.phase_id, new.step_id) is null
  order by v.version limit 1;
  return null;
end $$;
create trigger comment_lost_already after insert on comment for each row when (new.phase_id is not null) execute function lost_already();

-- What a person has seen of a plan, and what they had seen when their last visit began: what is new is told against that, as long as the visit lasts.
create table plan_seen (
  plan_id uuid not null references plan,
  person_id uuid not null references person,
  version integer not null,
  at timestamptz not null,
  before_version integer,
  before_at timestamptz,
  primary key (plan_id, person_id),
  check ((before_version is null) = (before_at is null))
);

-- Notices to one person, about one comment, and one notice for several versions that were saved in a row.
alter table notice add column for_person uuid references person;
alter table notice add column comment_id uuid references comment;
alter table notice add column version_from integer;
alter table notice add column version_to integer;
alter table notice add column last_at timestamptz;
alter table notice drop constraint notice_event_check;
alter table notice add constraint notice_event_check check (event in ('approval_wanted', 'approval_given', 'approval_voided', 'changes_requested', 'your_turn', 'mentioned', 'answered', 'run_started', 'run_applied', 'run_deviated', 'run_failed', 'rollback', 'phase_due', 'drift', 'follow_up_due'));

-- Several versions within minutes are one notice: it grows until it is told.
create or replace function notice_of_version() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  update public.notice set person_id = new.edited_by, reason = new.reason, version_to = new.version, last_at = clock_timestamp()
  where event = 'approval_wanted' and plan_id = new.plan_id and spread_at is null and version_to is not null;
  if not found then
    insert into public.notice (event, plan_id, person_id, reason, version_from, version_to, last_at) values ('approval_wanted', new.plan_id, new.edited_by, new.reason, new.version, new.version, clock_timestamp());
  end if;
  return null;
end $$;

-- At the end of the transaction, when it is known whom a comment means: they are told, and so are those who take part in the thread.
create function notice_of_comment() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare about text := coalesce(new.phase_id, (select t.phase_id from public.comment t where t.id = new.reply_to), (select r.phase_id from public.change_request r where r.id = new.change_request_id));
begin
  insert into public.notice (event, plan_id, phase_id, person_id, for_person, comment_id, reason)
  select 'mentioned', new.plan_id, about, new.person_id, m.person_id, new.id, left(new.body, 500) from public.comment_mention m where m.comment_id = new.id and m.person_id <> new.person_id;
  insert into public.notice (event, plan_id, phase_id, person_id, for_person, comment_id, reason)
  select distinct on (said.person_id) 'answered', new.plan_id, about, new.person_id, said.person_id, new.id, left(new.body, 500)
  from (select c.id, c.person_id from public.comment c where c.id = new.reply_to or c.reply_to = new.reply_to or c.change_request_id = new.change_request_id
        union all select r.id, r.person_id from public.change_request r where r.id = new.change_request_id) as said
  where said.person_id <> new.person_id and not exists (select 1 from public.comment_mention m where m.comment_id = new.id and m.person_id = said.person_id);
  return null;
end $$;
create constraint trigger comment_noticed after insert on comment deferrable initially deferred for each row execute function notice_of_comment();

-- Whoever asked for changes looks again when they were answered, and whoever signed looks again when what they signed has moved.
create function notice_of_settling() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into public.notice (event, plan_id, phase_id, person_id, for_person, reason)
  values ('your_turn', new.plan_id, new.phase_id, new.resolved_by, new.person_id, format('%s settled your request: %s', (select name from public.person where id = new.resolved_by), left(new.comment, 300)));
  return null;
end $$;
create trigger change_request_settled after update on change_request for each row
  when (old.resolved_at is null and new.resolved_at is not null and new.resolved_by is distinct from new.person_id) execute function notice_of_settling();

create function notice_of_own_void() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if coalesce(current_setting('countersign.signed_in', true), '') <> new.person_id::text and has_role(new.person_id, 'approver')
     and not exists (select 1 from public.plan_version v where v.plan_id = new.plan_id and v.edited_by = new.person_id) then
    insert into public.notice (event, plan_id, phase_id, for_person, reason) values ('your_turn', new.plan_id, new.phase_id, new.person_id, format('Your approval is void: %s', new.void_reason));
  end if;
  return null;
end $$;
create trigger approval_void_told after update on approval for each row when (old.voided_at is null and new.voided_at is not null) execute function notice_of_own_void();
