-- What the step did, before its transaction commits.
update countersign.step set rows = $3, result = $4::jsonb, applied_at = pg_catalog.clock_timestamp()
where run_id = $1 and step_id = $2;
