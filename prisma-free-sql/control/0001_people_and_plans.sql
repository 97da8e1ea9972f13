-- People, plans, versions, evidence, decisions. Runs once, in one transaction, by `npm run control:migrate` as the owner of the control database.

create table person (
  id uuid primary key default gen_random_uuid(),
  email text not null check (email = lower(email) and email like '%_@_%'),
  name text not null check (name <> ''),
  -- argon2id in PHC form; null for people who come by OpenID Connect only
  password_hash text check (password_hash like '$argon2id$%'),
  -- issuer and subject of an OpenID Connect account
  oidc_subject text unique,
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  unique (email)
);

create table person_role (
  person_id uuid not null references person on delete cascade,
  role text not null check (role in ('viewer', 'author', 'approver', 'operator', 'admin')),
  granted_at timestamptz not null default now(),
  primary key (person_id, role)
);

-- The catalog of a database under review at one instant (Snapshot of lib/pipeline/snapshot.ts).
create table snapshot (
  id uuid primary key default gen_random_uuid(),
  database_name text not null,
  fingerprint text not null check (fingerprint ~ '^[0-9a-f]{64}$'),
  content jsonb not null,
  taken_at timestamptz not null,
  taken_by uuid references person
);
create index snapshot_latest on snapshot (database_name, taken_at desc);

-- A person's answer to a delta between two databases. Withdrawn, never deleted.
create table decision (
  id uuid primary key default gen_random_uuid(),
  current_database text not null,
  desired_database text not null,
  delta_id text not null,
  verdict text not null check (verdict in ('not_needed', 'later', 'keep')),
  reason text not null check (btrim(reason) <> ''),
  decided_by uuid not null references person,
  decided_at timestamptz not null default now(),
  withdrawn_by uuid references person,
  withdrawn_at timestamptz
);
create unique index decision_one_standing on decision (current_database, desired_database, delta_id) where withdrawn_at is null;

create table plan (
  id uuid primary key,
  name text not null check (btrim(name) <> ''),
  target_database text not null,
  desired_database text not null,
  current_version integer not null default 1,
  created_by uuid not null references person,
  created_at timestamptz not null default now(),
  archived_at timestamptz
);

-- Every save is a version; a version is never changed (trigger in 0002).
create table plan_version (
  plan_id uuid not null references plan,
  version integer not null check (version >= 1),
  document jsonb not null,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  edited_by uuid not null references person,
  reason text not null default '',
  created_at timestamptz not null default now(),
  primary key (plan_id, version)
);

-- The stored measurements of one phase; the newest one counts.
create table evidence (
  id uuid primary key default gen_random_uuid(),
  plan_id uuid not null references plan,
  phase_id text not null,
  -- digest of the phase document that was measured: an edited phase has no evidence until it is measured again
  phase_document_digest text not null check (phase_document_digest ~ '^[0-9a-f]{64}$'),
  content jsonb not null,
  measured_at timestamptz not null,
  -- null: the worker, just before a run
  measured_by uuid references person
);
create index evidence_latest on evidence (plan_id, phase_id, measured_at desc);

create table approval (
  id uuid primary key default gen_random_uuid(),
  plan_id uuid not null,
  version integer not null,
  phase_id text not null,
  -- sha256 over the phase with its SQL and undo, target, fingerprints and evidence (lib/pipeline/approval.ts)
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  evidence_id uuid not null references evidence,
  person_id uuid not null references person,
  comment text not null default '',
  signed_at timestamptz not null default now(),
  expires_at timestamptz not null check (expires_at > signed_at),
  voided_at timestamptz,
  -- one sentence that names what moved
  void_reason text,
  foreign key (plan_id, version) references plan_version (plan_id, version),
  check ((voided_at is null) = (void_reason is null))
);
create unique index approval_one_standing on approval (plan_id, phase_id, person_id) where voided_at is null;

create table change_request (
  id uuid primary key default gen_random_uuid(),
  plan_id uuid not null,
  version integer not null,
  phase_id text not null,
  person_id uuid not null references person,
  comment text not null check (btrim(comment) <> ''),
  created_at timestamptz not null default now(),
  resolved_at timestamptz,
  resolved_by uuid references person,
  foreign key (plan_id, version) references plan_version (plan_id, version)
);

-- One execution of one phase, forward or back.
create table run (
  id uuid primary key default gen_random_uuid(),
  plan_id uuid not null,
  version integer not null,
  phase_id text not null,
  kind text not null check (kind in ('forward', 'rollback')),
  -- a rollback names the forward run that it undoes
  undoes uuid references run,
  target_database text not null,
  state text not null default 'queued' check (state in ('queued', 'checking', 'running', 'verifying', 'applied', 'deviated', 'refused', 'failed', 'cancelled')),
  -- what was signed; for a rollback the digest of the price that the operator saw
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  approvals_needed integer not null check (approvals_needed >= 1),
  evidence_id uuid references evidence,
  -- RollbackPrice of lib/pipeline/rollback.ts; null for a forward run
  price jsonb,
  requested_by uuid not null references person,
  requested_at timestamptz not null default now(),
  reason text not null default '',
  attempt integer not null default 0,
  worker_id uuid,
  heartbeat_at timestamptz,
  cancel_requested_at timestamptz,
  cancel_requested_by uuid references person,
  ended_at timestamptz,
  sentence text,
  foreign key (plan_id, version) references plan_version (plan_id, version),
  check ((kind = 'rollback') = (undoes is not null)),
  check (kind = 'forward' or btrim(reason) <> ''),
  check ((ended_at is null) = (state in ('queued', 'checking', 'running', 'verifying')))
);
-- Two runs never touch one target at once.
create unique index run_one_active_per_target on run (target_database) where ended_at is null;
create index run_by_plan on run (plan_id, phase_id, requested_at);

-- What happened in a run (RunEvent of lib/pipeline/run.ts). Append-only.
create table run_event (
  run_id uuid not null references run,
  seq integer not null check (seq >= 1),
  at timestamptz not null default clock_timestamp(),
  event jsonb not null,
  primary key (run_id, seq)
);

create table worker (
  id uuid primary key,
  started_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now(),
  host text not null,
  pid integer not null
);

-- The log. `body` is canonical JSON (RFC 8785); hash = sha256(prev_hash || body). The other columns are read out of the body, so that
-- no column can say something else than what was hashed.
create table audit_entry (
  seq bigint primary key check (seq >= 1),
  body text not null,
  prev_hash text not null check (prev_hash ~ '^[0-9a-f]{64}$'),
  hash text not null unique check (hash ~ '^[0-9a-f]{64}$'),
  at text generated always as ((body::jsonb) ->> 'at') stored,
  actor text generated always as ((body::jsonb) ->> 'actor') stored,
  action text generated always as ((body::jsonb) ->> 'action') stored,
  plan_id text generated always as ((body::jsonb) ->> 'planId') stored,
  run_id text generated always as ((body::jsonb) ->> 'runId') stored
);
create index audit_by_plan on audit_entry (plan_id, seq);

-- The one row that serialises writers of the log.
create table audit_head (
  "only" boolean primary key default true check ("only"),
  seq bigint not null,
  hash text not null
);
insert into audit_head (seq, hash) values (0, repeat('0', 64));
