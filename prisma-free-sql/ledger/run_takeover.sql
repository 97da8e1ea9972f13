-- Makes attempt $6 the only one that may write steps of run $1. Waits for a step in flight, which holds this row FOR SHARE.
-- No row comes back when a later attempt has taken over already.
insert into countersign.run (id, plan_id, phase_id, kind, digest, attempt)
values ($1, $2, $3, $4, $5, $6)
on conflict (id) do update set attempt = excluded.attempt where countersign.run.attempt <= excluded.attempt
returning attempt;
