-- The ledger lives in the database that is changed, so that the proof of a step commits or vanishes together with the step.
-- Safe to run again. Nobody but the operator's role gets rights here.
create schema if not exists countersign;

create table if not exists countersign.run (
  id uuid primary key,
  plan_id uuid not null,
  phase_id text not null,
  kind text not null check (kind in ('forward', 'rollback')),
  -- what was signed, or for a rollback the price that was confirmed
  digest text not null,
  -- fencing token: a worker whose attempt is not this one has been replaced and must stop
  attempt integer not null check (attempt >= 1),
  started_at timestamptz not null default clock_timestamp()
);

create table if not exists countersign.step (
  run_id uuid not null references countersign.run,
  step_id text not null,
  -- digest of the statements, so that a resumed run cannot take another step's row for its own
  sha text not null,
  xid xid8 not null default pg_current_xact_id(),
  worker text not null,
  applied_at timestamptz not null default clock_timestamp(),
  rows bigint,
  result jsonb,
  primary key (run_id, step_id)
);

-- Checkpoints of steps that take several transactions: written by each of them, so that a later attempt goes on behind the last one.
create table if not exists countersign.progress (
  run_id uuid not null references countersign.run,
  step_id text not null,
  state jsonb not null,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (run_id, step_id)
);
