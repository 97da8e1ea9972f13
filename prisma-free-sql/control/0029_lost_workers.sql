-- What takes its worker down with it each time is not begun for ever. An attempt that a worker gave back in order (it was told to stop, or a run had work to do) is none of these: counted
-- are the workers that fell silent over it, and what they lost. Workers of before count attempts, as they did.
alter table rehearsal add column lost integer not null default 0;
alter table draft_check add column lost integer not null default 0;
alter table exact_count add column lost integer not null default 0;

-- As in 0018, with the count.
create or replace function only_checking() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare moving text[] := array['state', 'attempt', 'lost', 'worker_id', 'heartbeat_at', 'content', 'ended_at', 'sentence'];
begin
  if old.ended_at is not null or (to_jsonb(new) - moving) <> (to_jsonb(old) - moving) or new.attempt < old.attempt or new.lost < old.lost then
    raise exception 'an ended draft check and the terms of a draft check do not change' using errcode = 'CS001';
  end if;
  return new;
end $$;

-- As in 0019, with the count.
create or replace function only_counting() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare moving text[] := array['state', 'attempt', 'lost', 'worker_id', 'heartbeat_at', 'stop_requested_at', 'stop_requested_by', 'content', 'evidence_id', 'ended_at', 'sentence'];
begin
  if old.ended_at is not null or (to_jsonb(new) - moving) <> (to_jsonb(old) - moving) or new.attempt < old.attempt or new.lost < old.lost
     or (old.stop_requested_at is not null and new.stop_requested_at is distinct from old.stop_requested_at) then
    raise exception 'an ended count and the terms of a count do not change' using errcode = 'CS001';
  end if;
  return new;
end $$;

-- As in 0022, with the count.
create or replace function only_rehearsing() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare moving text[] := array['state', 'attempt', 'lost', 'worker_id', 'heartbeat_at', 'content', 'ended_at', 'sentence', 'cancel_requested_at', 'cancel_requested_by'];
begin
  if old.ended_at is not null or (to_jsonb(new) - moving) <> (to_jsonb(old) - moving) or new.attempt < old.attempt or new.lost < old.lost then
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
