-- How fast a run goes on, set by a person while it runs: 100 as fast as it may, 0 paused. Takes effect between two batches or steps.
alter table run add column pace integer not null default 100 check (pace between 0 and 100);

create or replace function only_progress() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare moving text[] := array['state', 'attempt', 'worker_id', 'heartbeat_at', 'cancel_requested_at', 'cancel_requested_by', 'pace', 'ended_at', 'sentence'];
begin
  if old.ended_at is not null or (to_jsonb(new) - moving) <> (to_jsonb(old) - moving) or new.attempt < old.attempt then
    raise exception 'an ended run and the terms of a run do not change' using errcode = 'CS008';
  end if;
  return new;
end $$;

drop trigger run_told on run;
create trigger run_told after insert or update of state, cancel_requested_at, pace on run for each row execute function tell_run();
