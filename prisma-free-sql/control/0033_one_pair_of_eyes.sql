-- Four eyes are two people, both of them allowed to look at that moment, whichever way somebody tries to make one of them two or a former approver one of them.

-- As in 0002, and behind whoever is changing this person's roles or access at this moment: before, a signature given while the role was being taken away
-- stood afterwards, because the change had voided what stood before it and the signature had still seen the role.
create or replace function has_role(person uuid, wanted text) returns boolean language plpgsql volatile set search_path = pg_catalog, public, pg_temp as $$
begin
  perform 1 from public.person p where p.id = has_role.person for key share;
  return exists (select 1 from public.person_role r join public.person p on p.id = r.person_id
                 where r.person_id = has_role.person and r.role = wanted and p.disabled_at is null);
end $$;

-- What a plus sign sets apart in front of the @ goes to the same mailbox: two accounts of one mailbox are one pair of eyes.
create function mailbox(email text) returns text language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select lower(regexp_replace(email, '\+[^@]*@', '@'))
$$;

create or replace function wrote_plan(person uuid, of_plan uuid) returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from public.person a join public.person b on mailbox(a.email) = mailbox(b.email)
                 where a.id = person
                   and (exists (select 1 from public.plan_version v where v.plan_id = of_plan and v.edited_by = b.id)
                     or exists (select 1 from public.plan p where p.id = of_plan and p.created_by = b.id)))
$$;

create function refuse_second_account() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  policy jsonb;
begin
  -- The lock closes the race of two accounts that sign at once, and with a save.
  perform 1 from public.plan where id = new.plan_id for no key update;
  if wrote_plan(new.person_id, new.plan_id) then
    raise exception 'nobody approves a plan that they wrote or edited, by whichever account' using errcode = 'CS002';
  end if;
  if exists (select 1 from public.approval a join public.person signer on signer.id = a.person_id join public.person me on me.id = new.person_id
             where a.plan_id = new.plan_id and a.phase_id = new.phase_id and a.voided_at is null and a.expires_at > now() and a.person_id <> new.person_id and mailbox(signer.email) = mailbox(me.email)) then
    raise exception 'another account of the same mailbox has signed this phase' using errcode = 'CS038';
  end if;
  -- A signature stands for no longer than policy gives it, and says by when its phase must be started where policy demands that.
  select document into policy from public.policy_version order by number desc limit 1;
  if new.expires_at > now() + make_interval(mins => 1) + make_interval(hours => (policy ->> 'approvalHours')::integer)
     or ((policy ->> 'executionHours') is not null and (new.start_by is null or new.start_by > now() + make_interval(mins => 1) + make_interval(hours => (policy ->> 'executionHours')::integer))) then
    raise exception 'a signature stands for no longer than policy gives it' using errcode = 'CS042';
  end if;
  return new;
end $$;
create trigger approval_one_mailbox before insert on approval for each row execute function refuse_second_account();

-- The signatures on which a run may rest now: by people with access who are approvers still and wrote nothing of the plan.
create function standing_signatures(of_plan uuid, of_phase text, of_digest text) returns table (mailbox text, group_name text) language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select mailbox(p.email), a.group_name from public.approval a join public.person p on p.id = a.person_id
  where a.plan_id = of_plan and a.phase_id = of_phase and a.digest = of_digest and a.voided_at is null and a.expires_at > now() and p.disabled_at is null
    and exists (select 1 from public.person_role r where r.person_id = p.id and r.role = 'approver')
    and not wrote_plan(p.id, of_plan)
$$;

-- As in 0021 and 0023; who counts is said in one place, and a request for changes that nobody has answered keeps a phase from running.
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
    if exists (select 1 from public.change_request c where c.plan_id = new.plan_id and c.phase_id = new.phase_id and c.resolved_at is null) then
      raise exception 'changes were requested, and nobody has answered' using errcode = 'CS039';
    end if;
    if new.break_glass_id is not null then
      if not exists (select 1 from public.break_glass b where b.id = new.break_glass_id and b.state = 'open' and b.broken_at = now() and b.broken_by = new.requested_by
                     and b.plan_id = new.plan_id and b.version = new.version and b.phase_id = new.phase_id and b.target_database = new.target_database and b.digest = new.digest) then
        raise exception 'nobody broke the glass for exactly this run' using errcode = 'CS006';
      end if;
      return new;
    end if;
    select count(distinct s.mailbox) into standing from standing_signatures(new.plan_id, new.phase_id, new.digest) s;
    if standing < new.approvals_needed then
      raise exception '% of % approvals stand', standing, new.approvals_needed using errcode = 'CS006';
    end if;
  elsif not exists (select 1 from public.run r where r.id = new.undoes and r.plan_id = new.plan_id and r.phase_id = new.phase_id
                    and r.kind = 'forward' and r.ended_at is not null) then
    raise exception 'a rollback undoes an ended forward run of the same phase' using errcode = 'CS007';
  end if;
  return new;
end $$;

create or replace function refuse_against_policy() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  policy jsonb;
  removes boolean;
  demanded integer;
  there integer;
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
  removes := exists (select 1 from public.plan_version v, jsonb_array_elements(v.document -> 'phases') as phase
                     where v.plan_id = new.plan_id and v.version = new.version and phase ->> 'id' = new.phase_id and (phase ->> 'destructive')::boolean);
  demanded := greatest(coalesce((policy ->> 'approvals')::integer, 1), case when removes then coalesce((policy ->> 'approvalsDestructive')::integer, 1) end);
  if new.approvals_needed < demanded then
    raise exception 'policy demands % approvals', demanded using errcode = 'CS006';
  end if;
  demanded := coalesce((policy ->> 'distinctGroups')::integer, 1);
  if demanded > 1 and removes and new.break_glass_id is null then
    select count(distinct s.group_name) into there from standing_signatures(new.plan_id, new.phase_id, new.digest) s where s.group_name <> '';
    if there < demanded then
      raise exception 'signed by % of % groups', there, demanded using errcode = 'CS036';
    end if;
  end if;
  return new;
end $$;

-- A request for changes is answered once, by an author or by whoever asked, and nothing else of it ever changes.
create function answered_for_once() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if old.resolved_at is not null or new.resolved_at is null or new.resolved_by is null
     or (to_jsonb(new) - 'resolved_at' - 'resolved_by') <> (to_jsonb(old) - 'resolved_at' - 'resolved_by')
     or not (new.resolved_by = new.person_id or has_role(new.resolved_by, 'author')) then
    raise exception 'a request for changes is answered once, by an author or by whoever asked' using errcode = 'CS043';
  end if;
  return new;
end $$;
create trigger change_request_answered_once before update on change_request for each row execute function answered_for_once();
