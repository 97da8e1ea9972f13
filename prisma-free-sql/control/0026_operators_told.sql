-- Operators are told when it is their turn: a signed phase can be started, a scheduled start is near, a run waits for a person, a rollback window is about to close. What follows
-- from the hour is noticed by a worker (lib/worker/notify/turns.ts), once for each occasion; what happens in a run, here. A worker of before that has a mail server stumbles over
-- the new events until one of now has taken them.
alter table notice drop constraint notice_event_check;
alter table notice add constraint notice_event_check
  check (event in ('approval_wanted', 'approval_given', 'approval_voided', 'changes_requested', 'your_turn', 'mentioned', 'answered', 'run_started', 'run_applied', 'run_deviated', 'run_failed', 'rollback', 'phase_due', 'drift', 'follow_up_due', 'break_glass', 'break_glass_answered', 'start_wanted', 'start_near', 'person_wanted', 'window_closing'));
create index notice_of_plan on notice (plan_id, event);

-- A step that only a person can do begins again with each attempt, and is told once. The run's state stands last in the occasion, as for other notices of runs.
create function notice_of_waiting_step() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  of_run public.run;
  step jsonb;
begin
  select * into of_run from public.run where id = new.run_id;
  step := jsonb_path_query_first(phase_document(of_run.plan_id, of_run.version, of_run.phase_id),
    case of_run.kind when 'forward' then '$.steps[*] ? (@.id == $step && @.work.kind == "manual")'::jsonpath
                     else '$.steps[*] ? (@.id == $step && @.undoWork.kind == "manual")'::jsonpath end,
    jsonb_build_object('step', new.event ->> 'step'));
  if step is not null then
    insert into public.notice (event, plan_id, phase_id, run_id, database_name, person_id, reason, occasion)
    values ('person_wanted', of_run.plan_id, of_run.phase_id, of_run.id, of_run.target_database, of_run.requested_by,
            left(concat_ws(': ', step ->> 'title', step #>> array[case of_run.kind when 'forward' then 'work' else 'undoWork' end, 'instruction']), 500),
            concat_ws(' ', 'person', of_run.id, new.event ->> 'step', 'running'))
    on conflict (occasion) do nothing;
  end if;
  return null;
end $$;
create trigger run_event_noticed after insert on run_event for each row when (new.event ->> 'type' = 'step_started') execute function notice_of_waiting_step();
