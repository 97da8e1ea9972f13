-- A person may stop a rehearsal. It then ends like one that was refused, because it says nothing about the plan either: workers and pages of before
-- know no other word for that. Workers of before do not see the wish, and carry the rehearsal on to its end.
alter table rehearsal add column cancel_requested_at timestamptz;
alter table rehearsal add column cancel_requested_by uuid references person;
alter table rehearsal add constraint rehearsal_cancelled_by_somebody check ((cancel_requested_at is null) = (cancel_requested_by is null));

-- As in 0008; the wish to stop is said once, by somebody who may ask for a rehearsal and is signed in, and is not taken back.
create or replace function only_rehearsing() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare moving text[] := array['state', 'attempt', 'worker_id', 'heartbeat_at', 'content', 'ended_at', 'sentence', 'cancel_requested_at', 'cancel_requested_by'];
begin
  if old.ended_at is not null or (to_jsonb(new) - moving) <> (to_jsonb(old) - moving) or new.attempt < old.attempt then
    raise exception 'an ended rehearsal and the terms of a rehearsal do not change' using errcode = 'CS001';
  end if;
  if new.cancel_requested_at is not distinct from old.cancel_requested_at and new.cancel_requested_by is not distinct from old.cancel_requested_by then
    return new;
  end if;
  if old.cancel_requested_at is not null then
    raise exception 'who asked for the end of a rehearsal does not change' using errcode = 'CS001';
  end if;
  if not (has_role(new.cancel_requested_by, 'author') or has_role(new.cancel_requested_by, 'operator')) then
    raise exception 'only an author or an operator stops a rehearsal' using errcode = 'CS003';
  end if;
  if coalesce(current_setting('countersign.token', true), '') <> ''
     or coalesce(current_setting('countersign.signed_in', true), '') <> new.cancel_requested_by::text then
    raise exception 'only a person who is signed in stops a rehearsal, never a token' using errcode = 'CS011';
  end if;
  return new;
end $$;

drop trigger rehearsal_told on rehearsal;
create trigger rehearsal_told after insert or update of state, cancel_requested_at on rehearsal for each row execute function tell_run();
