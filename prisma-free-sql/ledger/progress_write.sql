-- How far the step has come, in the transaction of the batch that brought it there.
insert into countersign.progress (run_id, step_id, state)
values ($1, $2, $3::jsonb)
on conflict (run_id, step_id) do update set state = excluded.state, updated_at = pg_catalog.clock_timestamp();
