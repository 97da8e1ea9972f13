-- What a person answered to a step that only a person can do. The worker that waits for it writes the proof into the target afterwards.
create table manual_confirmation (
  run_id uuid not null references run,
  step_id text not null,
  person_id uuid not null references person,
  verdict text not null check (verdict in ('done', 'not_done')),
  note text not null check (btrim(note) <> '' and length(note) <= 2000),
  at timestamptz not null default clock_timestamp(),
  -- The first answer counts, and is the only one.
  primary key (run_id, step_id)
);
create trigger manual_confirmation_append_only before update or delete or truncate on manual_confirmation for each statement execute function forbid_change();

-- The phase as it stands in the version that was signed and is run.
create function phase_document(of_plan uuid, of_version integer, of_phase text) returns jsonb language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select jsonb_path_query_first(v.document, '$.phases[*] ? (@.id == $phase)', jsonb_build_object('phase', of_phase))
  from public.plan_version v where v.plan_id = of_plan and v.version = of_version
$$;

-- Only an operator answers, only while the run goes on, and only for a step that is a person's: on the way back for one whose undoing is.
create function refuse_confirmation() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare of_run public.run;
begin
  -- The lock closes the race with the end of the run.
  select * into of_run from public.run where id = new.run_id for no key update;
  if not has_role(new.person_id, 'operator') then
    raise exception 'only an operator answers for a step' using errcode = 'CS003';
  end if;
  if of_run.ended_at is not null or not coalesce(jsonb_path_exists(
       phase_document(of_run.plan_id, of_run.version, of_run.phase_id),
       case of_run.kind when 'forward' then '$.steps[*] ? (@.id == $step && @.work.kind == "manual")'::jsonpath
                        else '$.steps[*] ? (@.id == $step && @.undoWork.kind == "manual")'::jsonpath end,
       jsonb_build_object('step', new.step_id)), false) then
    raise exception 'step % of this run does not wait for a person', new.step_id using errcode = 'CS022';
  end if;
  -- Who acts is said by the command at the start of its transaction (lib/store/acting.ts): a person in a browser, never a token.
  if coalesce(current_setting('countersign.token', true), '') <> ''
     or coalesce(current_setting('countersign.signed_in', true), '') <> new.person_id::text then
    raise exception 'only a person who is signed in answers for a step, never a token' using errcode = 'CS011';
  end if;
  return new;
end $$;
create trigger manual_confirmation_allowed before insert on manual_confirmation for each row execute function refuse_confirmation();

-- What nobody can run, and what nobody has said the answer of, is not signed, whatever was found about the phase otherwise.
create function refuse_open_phase() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare phase jsonb := phase_document(new.plan_id, new.version, new.phase_id);
begin
  if jsonb_path_exists(phase, '$.steps[*] ? (@.work.kind == "open" || @.undoWork.kind == "open")')
     or jsonb_path_exists(phase, '$.**.expect ? (@.from == "unsaid")') then
    raise exception 'the phase has something open' using errcode = 'CS021';
  end if;
  return new;
end $$;
create trigger approval_nothing_open before insert on approval for each row execute function refuse_open_phase();
