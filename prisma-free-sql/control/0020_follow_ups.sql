-- What is still due after a plan. Most of it follows from the plan and how its phases stand (lib/pipeline/follow-ups.ts) and needs no row here: a row says what a
-- person added by hand, who took something over, and how it ended. `key` names an item inside its plan.
create table follow_up (
  id uuid primary key default gen_random_uuid(),
  plan_id uuid not null references plan,
  key text not null,
  title text not null check (btrim(title) <> '' and length(title) <= 300),
  -- of an item by hand; what follows from the plan moves with the plan
  due_at timestamptz,
  owner_id uuid references person,
  added_by uuid not null references person,
  added_at timestamptz not null default now(),
  state text not null default 'open' check (state in ('open', 'done', 'dropped')),
  ended_by uuid references person,
  ended_at timestamptz,
  -- what was done, or why it is not
  note text check (btrim(note) <> ''),
  unique (plan_id, key),
  check ((state = 'open') = (ended_by is null) and (state = 'open') = (ended_at is null) and (state = 'open') = (note is null))
);
create trigger follow_up_not_deleted before delete or truncate on follow_up for each statement execute function forbid_change();
create trigger follow_up_not_by_token before insert or update on follow_up for each statement execute function refuse_token();

-- An open item may change hands and end, once; nothing else of it ever changes.
create function only_owner_or_end() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare moving text[] := array['owner_id', 'state', 'ended_by', 'ended_at', 'note'];
begin
  if old.state <> 'open' or (to_jsonb(new) - moving) <> (to_jsonb(old) - moving) then
    raise exception 'a follow-up ends once, and what it asks for does not change' using errcode = 'CS033';
  end if;
  return new;
end $$;
create trigger follow_up_only_owner_or_end before update on follow_up for each row execute function only_owner_or_end();

alter table notice drop constraint notice_event_check;
alter table notice add constraint notice_event_check
  check (event in ('approval_wanted', 'approval_given', 'approval_voided', 'changes_requested', 'your_turn', 'mentioned', 'answered', 'run_started', 'run_applied', 'run_deviated', 'run_failed', 'rollback', 'phase_due', 'drift', 'follow_up_due'));
