-- Texts that plans were read from, as people gave them, with what was noted while reading. A text never changes: the plan may, and every step says its lines.
create table plan_text (
  id uuid primary key default gen_random_uuid(),
  name text not null check (char_length(name) between 1 and 200),
  content text not null,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  -- ReadingNote[] of lib/pipeline/runbook/reading.ts
  notes jsonb not null,
  added_by uuid not null references person,
  added_at timestamptz not null default now()
);
create trigger plan_text_append_only before update or delete or truncate on plan_text for each statement execute function forbid_change();

-- What the lint said about a version of a plan, from the readings of that moment. The newest counts.
create table lint_result (
  id uuid primary key default gen_random_uuid(),
  plan_id uuid not null,
  version integer not null,
  -- LintFinding[] of lib/pipeline/lint/finding.ts
  findings jsonb not null,
  -- the readings it rests on; null: that side was never read
  current_reading uuid,
  desired_reading uuid,
  made_at timestamptz not null default clock_timestamp(),
  foreign key (plan_id, version) references plan_version (plan_id, version)
);
create index lint_result_newest on lint_result (plan_id, version, made_at desc);
create trigger lint_result_append_only before update or delete or truncate on lint_result for each statement execute function forbid_change();
