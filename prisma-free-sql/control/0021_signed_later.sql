-- Break-glass: an operator starts a phase for which signatures are missing, because waiting for them would do more harm. It replaces signatures and nothing else: policy must
-- allow it, digest and evidence are those of a signed run, freezes and rehearsals hold, and it is open, for everybody to see, until a second person has answered for it.
create table break_glass (
  id uuid primary key default gen_random_uuid(),
  plan_id uuid not null,
  version integer not null,
  phase_id text not null,
  target_database text not null,
  -- what would have been signed: nothing else is started
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  reason text not null check (btrim(reason) <> ''),
  broken_by uuid not null references person,
  broken_at timestamptz not null default now(),
  state text not null default 'open' check (state in ('open', 'countersigned', 'rejected')),
  answered_by uuid references person,
  answered_at timestamptz,
  comment text,
  foreign key (plan_id, version) references plan_version (plan_id, version),
  check ((state = 'open') = (answered_by is null) and (state = 'open') = (answered_at is null) and (state = 'open') = (comment is null)),
  check (state <> 'rejected' or btrim(comment) <> '')
);
create index break_glass_of_plan on break_glass (plan_id, broken_at);
create trigger break_glass_not_deleted before delete or truncate on break_glass for each statement execute function forbid_change();

create function wrote_plan(person uuid, of_plan uuid) returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from public.plan_version where plan_id = of_plan and edited_by = person)
      or exists (select 1 from public.plan where id = of_plan and created_by = person)
$$;

-- Two people have seen a change before it runs, even so: its author and the operator. The third, who answers for it afterwards, is neither.
create function check_break_glass() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  moving text[] := array['state', 'answered_by', 'answered_at', 'comment'];
  who uuid := case tg_op when 'INSERT' then new.broken_by else new.answered_by end;
begin
  perform 1 from public.plan where id = new.plan_id for no key update;
  if coalesce(current_setting('countersign.token', true), '') <> ''
     or coalesce(current_setting('countersign.signed_in', true), '') <> coalesce(who::text, '-') then
    raise exception 'only a person who is signed in breaks the glass or answers for it, never a token' using errcode = 'CS011';
  end if;
  if wrote_plan(who, new.plan_id) then
    raise exception 'nobody breaks the glass, or answers for it, for a plan that they wrote or edited' using errcode = 'CS002';
  end if;
  if tg_op = 'UPDATE' then
    if old.state <> 'open' or new.state = 'open' or (to_jsonb(new) - moving) <> (to_jsonb(old) - moving) then
      raise exception 'a broken glass is answered for once' using errcode = 'CS034';
    end if;
    if new.answered_by = new.broken_by then
      raise exception 'a second person answers for a broken glass' using errcode = 'CS002';
    end if;
    if not has_role(new.answered_by, 'approver') then
      raise exception 'only an approver answers for a broken glass' using errcode = 'CS003';
    end if;
    return new;
  end if;
  if not coalesce((select (document ->> 'breakGlass')::boolean from public.policy_version order by number desc limit 1), false) then
    raise exception 'policy allows no break-glass' using errcode = 'CS035';
  end if;
  if not has_role(new.broken_by, 'operator') then
    raise exception 'only an operator breaks the glass' using errcode = 'CS003';
  end if;
  if new.version <> (select current_version from public.plan where id = new.plan_id)
     or new.target_database <> (select target_database from public.plan where id = new.plan_id) then
    raise exception 'the glass is broken for the current version, on the target of its plan' using errcode = 'CS004';
  end if;
  if new.state <> 'open' or new.broken_at <> now() then
    raise exception 'a glass is broken now, and is open then' using errcode = 'CS034';
  end if;
  return new;
end $$;
create trigger break_glass_checked before insert or update on break_glass for each row execute function check_break_glass();

-- One broken glass starts one run, in the transaction that broke it.
alter table run add column break_glass_id uuid unique references break_glass;
alter table run add constraint run_break_glass_forward check (kind = 'forward' or break_glass_id is null);
alter table run add constraint run_break_glass_pressed check (break_glass_id is null or scheduled_start_id is null);

-- As in 0002; signatures may be missing where the run names the glass that was broken for exactly it.
create or replace function refuse_unapproved_run() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare standing integer;
begin
  -- The lock closes the race with a save, an approval being withdrawn, and a second press.
  perform 1 from public.plan where id = new.plan_id for no key update;
  if not has_role(new.requested_by, 'operator') then
    raise exception 'only an operator may start a run' using errcode = 'CS003';
  end if;
  if new.target_database <> (select target_database from public.plan where id = new.plan_id) then
    raise exception 'a run changes the target of its plan and no other' using errcode = 'CS008';
  end if;
  if new.state <> 'queued' or new.attempt <> 0 or new.ended_at is not null then
    raise exception 'a run begins queued' using errcode = 'CS008';
  end if;
  if new.kind = 'forward' then
    if new.version <> (select current_version from public.plan where id = new.plan_id) then
      raise exception 'only the current version can be run' using errcode = 'CS004';
    end if;
    if new.break_glass_id is not null then
      if not exists (select 1 from public.break_glass b where b.id = new.break_glass_id and b.state = 'open' and b.broken_at = now() and b.broken_by = new.requested_by
                     and b.plan_id = new.plan_id and b.version = new.version and b.phase_id = new.phase_id and b.target_database = new.target_database and b.digest = new.digest) then
        raise exception 'nobody broke the glass for exactly this run' using errcode = 'CS006';
      end if;
      return new;
    end if;
    select count(distinct a.person_id) into standing from public.approval a join public.person p on p.id = a.person_id
    where a.plan_id = new.plan_id and a.phase_id = new.phase_id and a.digest = new.digest
      and a.voided_at is null and a.expires_at > now() and p.disabled_at is null
      and not exists (select 1 from public.plan_version v where v.plan_id = a.plan_id and v.edited_by = a.person_id);
    if standing < new.approvals_needed then
      raise exception '% of % approvals stand', standing, new.approvals_needed using errcode = 'CS006';
    end if;
  elsif not exists (select 1 from public.run r where r.id = new.undoes and r.plan_id = new.plan_id and r.phase_id = new.phase_id
                    and r.kind = 'forward' and r.ended_at is not null) then
    raise exception 'a rollback undoes an ended forward run of the same phase' using errcode = 'CS007';
  end if;
  return new;
end $$;

alter table notice drop constraint notice_event_check;
alter table notice add constraint notice_event_check
  check (event in ('approval_wanted', 'approval_given', 'approval_voided', 'changes_requested', 'your_turn', 'mentioned', 'answered', 'run_started', 'run_applied', 'run_deviated', 'run_failed', 'rollback', 'phase_due', 'drift', 'follow_up_due', 'break_glass', 'break_glass_answered'));

create function notice_of_break_glass() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into notice (event, plan_id, phase_id, database_name, person_id, reason)
  values (case tg_op when 'INSERT' then 'break_glass' else 'break_glass_answered' end, new.plan_id, new.phase_id, new.target_database,
          case tg_op when 'INSERT' then new.broken_by else new.answered_by end,
          case tg_op when 'INSERT' then new.reason else concat_ws(': ', new.state, nullif(btrim(new.comment), '')) end);
  return null;
end $$;
create trigger break_glass_noticed after insert or update on break_glass for each row execute function notice_of_break_glass();
