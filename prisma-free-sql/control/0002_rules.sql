-- What must never happen, whichever code path is taken. Screens and actions explain these rules; this file enforces them.
-- Each refusal has its own SQLSTATE of class CS, which lib/store/db.ts turns into a refusal code.
-- Every function pins its search_path: the role of the web process could otherwise put a temporary table in front of ours.

create function forbid_change() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'CS001';
end $$;

create trigger audit_entry_append_only before update or delete or truncate on audit_entry for each statement execute function forbid_change();
create trigger run_event_append_only before update or delete or truncate on run_event for each statement execute function forbid_change();
create trigger plan_version_append_only before update or delete or truncate on plan_version for each statement execute function forbid_change();
create trigger evidence_append_only before update or delete or truncate on evidence for each statement execute function forbid_change();
create trigger approval_not_deleted before delete or truncate on approval for each statement execute function forbid_change();
create trigger change_request_not_deleted before delete or truncate on change_request for each statement execute function forbid_change();
create trigger decision_not_deleted before delete or truncate on decision for each statement execute function forbid_change();
create trigger run_not_deleted before delete or truncate on run for each statement execute function forbid_change();
create trigger plan_not_deleted before delete or truncate on plan for each statement execute function forbid_change();
-- A person is disabled, never deleted: the log, plans and approvals name them.
create trigger person_not_deleted before delete or truncate on person for each statement execute function forbid_change();

create function has_role(person uuid, wanted text) returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from person_role r join person p on p.id = r.person_id
                 where r.person_id = person and r.role = wanted and p.disabled_at is null)
$$;

-- Nobody approves a phase of a plan that they created or edited any version of; no exemption for admins.
create function refuse_own_approval() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  -- The lock closes the race with a save: the version is written under the same lock.
  perform 1 from plan where id = new.plan_id for no key update;
  if exists (select 1 from plan_version where plan_id = new.plan_id and edited_by = new.person_id)
     or exists (select 1 from plan where id = new.plan_id and created_by = new.person_id) then
    raise exception 'nobody approves a plan that they wrote or edited' using errcode = 'CS002';
  end if;
  if not has_role(new.person_id, 'approver') then
    raise exception 'only an approver may approve' using errcode = 'CS003';
  end if;
  if new.version <> (select current_version from plan where id = new.plan_id) then
    raise exception 'only the current version can be approved' using errcode = 'CS004';
  end if;
  if new.voided_at is not null or new.signed_at > now() + interval '1 minute' then
    raise exception 'an approval is signed now and stands when it is signed' using errcode = 'CS005';
  end if;
  if not exists (select 1 from evidence e where e.id = new.evidence_id and e.plan_id = new.plan_id and e.phase_id = new.phase_id) then
    raise exception 'an approval signs evidence of its own phase' using errcode = 'CS005';
  end if;
  return new;
end $$;
create trigger approval_four_eyes before insert on approval for each row execute function refuse_own_approval();

-- An approval may be voided, once, and nothing else of it ever changes.
create function only_voiding() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if old.voided_at is not null or new.voided_at is null
     or (to_jsonb(new) - 'voided_at' - 'void_reason') <> (to_jsonb(old) - 'voided_at' - 'void_reason') then
    raise exception 'an approval can only be voided' using errcode = 'CS005';
  end if;
  return new;
end $$;
create trigger approval_only_voiding before update on approval for each row execute function only_voiding();

-- Versions are numbered without gaps, by authors only. Whoever saves a version becomes an author: approvals that they gave before are void.
create function number_version() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform 1 from plan where id = new.plan_id for no key update;
  if not has_role(new.edited_by, 'author') then
    raise exception 'only an author may save a version' using errcode = 'CS003';
  end if;
  if new.version <> (select coalesce(max(version), 0) + 1 from plan_version where plan_id = new.plan_id) then
    raise exception 'version % does not follow the last one', new.version using errcode = 'CS004';
  end if;
  return new;
end $$;
create trigger plan_version_numbered before insert on plan_version for each row execute function number_version();

create function void_editors_approvals() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  update approval a set voided_at = now(),
    void_reason = format('%s edited the plan after approving it, and nobody approves a plan that they edited.', (select name from person where id = new.edited_by))
  where a.plan_id = new.plan_id and a.person_id = new.edited_by and a.voided_at is null;
  return null;
end $$;
create trigger plan_version_voids_editor after insert on plan_version for each row execute function void_editors_approvals();

-- A plan never changes hands or target, and its current version is the last one: an old text cannot be put in force again.
create function only_newer_version() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare moving text[] := array['name', 'current_version', 'archived_at'];
begin
  if (to_jsonb(new) - moving) <> (to_jsonb(old) - moving)
     or (new.current_version <> old.current_version
         and new.current_version <> (select max(version) from plan_version where plan_id = new.id)) then
    raise exception 'the current version is the last one, and target and creator of a plan do not change' using errcode = 'CS004';
  end if;
  return new;
end $$;
create trigger plan_only_newer_version before update on plan for each row execute function only_newer_version();

-- A forward run starts only under enough standing approvals of exactly its digest, by people who never edited the plan.
create function refuse_unapproved_run() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare standing integer;
begin
  -- The lock closes the race with a save, an approval being withdrawn, and a second press.
  perform 1 from plan where id = new.plan_id for no key update;
  if not has_role(new.requested_by, 'operator') then
    raise exception 'only an operator may start a run' using errcode = 'CS003';
  end if;
  if new.target_database <> (select target_database from plan where id = new.plan_id) then
    raise exception 'a run changes the target of its plan and no other' using errcode = 'CS008';
  end if;
  if new.state <> 'queued' or new.attempt <> 0 or new.ended_at is not null then
    raise exception 'a run begins queued' using errcode = 'CS008';
  end if;
  if new.kind = 'forward' then
    if new.version <> (select current_version from plan where id = new.plan_id) then
      raise exception 'only the current version can be run' using errcode = 'CS004';
    end if;
    select count(distinct a.person_id) into standing from approval a join person p on p.id = a.person_id
    where a.plan_id = new.plan_id and a.phase_id = new.phase_id and a.digest = new.digest
      and a.voided_at is null and a.expires_at > now() and p.disabled_at is null
      and not exists (select 1 from plan_version v where v.plan_id = a.plan_id and v.edited_by = a.person_id);
    if standing < new.approvals_needed then
      raise exception '% of % approvals stand', standing, new.approvals_needed using errcode = 'CS006';
    end if;
  elsif not exists (select 1 from run r where r.id = new.undoes and r.plan_id = new.plan_id and r.phase_id = new.phase_id
                    and r.kind = 'forward' and r.ended_at is not null) then
    raise exception 'a rollback undoes an ended forward run of the same phase' using errcode = 'CS007';
  end if;
  return new;
end $$;
create trigger run_needs_approval before insert on run for each row execute function refuse_unapproved_run();

-- What a run is never changes; only how it goes on.
create function only_progress() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare moving text[] := array['state', 'attempt', 'worker_id', 'heartbeat_at', 'cancel_requested_at', 'cancel_requested_by', 'ended_at', 'sentence'];
begin
  if old.ended_at is not null or (to_jsonb(new) - moving) <> (to_jsonb(old) - moving) or new.attempt < old.attempt then
    raise exception 'an ended run and the terms of a run do not change' using errcode = 'CS008';
  end if;
  return new;
end $$;
create trigger run_only_progress before update on run for each row execute function only_progress();

-- The log. The head is read and moved with the owner's rights, so that the web process needs none on it.
-- Writers take the lock first: they stand in line, and each sees the entry it follows.
create function lock_audit_head(out seq bigint, out hash text) language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select h.seq, h.hash from audit_head h for update
$$;

-- The entry must follow the head, and its hash must be the hash of what it says.
create function chain_audit() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare head audit_head;
begin
  select * into head from audit_head for update;
  if new.seq <> head.seq + 1 or new.prev_hash <> head.hash
     or new.hash <> encode(sha256(convert_to(new.prev_hash || new.body, 'UTF8')), 'hex') then
    raise exception 'the entry does not follow the head of the log' using errcode = 'CS009';
  end if;
  update audit_head set seq = new.seq, hash = new.hash;
  return new;
end $$;
create trigger audit_entry_chained before insert on audit_entry for each row execute function chain_audit();

-- Live pages and the worker are told, not made to ask.
create function tell_run_event() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform pg_notify('countersign_run', new.run_id::text);
  return null;
end $$;
create trigger run_event_told after insert on run_event for each row execute function tell_run_event();

create function tell_run() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform pg_notify('countersign_run', new.id::text);
  return null;
end $$;
create trigger run_told after insert or update of state, cancel_requested_at on run for each row execute function tell_run();
