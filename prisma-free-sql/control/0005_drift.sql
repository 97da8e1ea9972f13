-- What changed between two readings of a declared database, and what the timer met.

-- One row for each database that the timer looked at: when last, and why it could not be read.
create table drift_check (
  database_name text primary key,
  checked_at timestamptz not null,
  trouble text
);

-- A database was not as it was read before. `runs`: runs of plans in between (DriftRun[] of lib/pipeline/drift.ts); `outside`: differences that
-- none of them was to make.
create table drift (
  id uuid primary key default gen_random_uuid(),
  database_name text not null,
  before_id uuid not null references snapshot,
  after_id uuid not null references snapshot,
  found_at timestamptz not null default now(),
  differences integer not null check (differences > 0),
  outside integer not null check (outside between 0 and differences),
  names jsonb not null,
  runs jsonb not null,
  -- whoever says that it is known, and why
  answered_by uuid references person,
  answered_at timestamptz,
  answer text,
  unique (after_id),
  check ((answered_by is null) = (answered_at is null) and (answered_by is null) = (answer is null)),
  check (btrim(answer) <> '')
);
create index drift_newest on drift (database_name, found_at desc);
create trigger drift_not_deleted before delete or truncate on drift for each statement execute function forbid_change();

-- It is answered once, and nothing else of it ever changes.
create function only_answering() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if old.answered_at is not null or new.answered_at is null
     or (to_jsonb(new) - 'answered_by' - 'answered_at' - 'answer') <> (to_jsonb(old) - 'answered_by' - 'answered_at' - 'answer') then
    raise exception 'drift can only be answered, once' using errcode = 'CS001';
  end if;
  return new;
end $$;
create trigger drift_only_answering before update on drift for each row execute function only_answering();
