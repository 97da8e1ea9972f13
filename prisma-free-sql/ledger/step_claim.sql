-- The proof of the step, written before the step and in its transaction. A second executor waits here on the key.
-- No row = the step was applied before.
insert into countersign.step (run_id, step_id, sha, worker)
values ($1, $2, $3, $4)
on conflict (run_id, step_id) do nothing
returning xid::text as xid;
