-- What the step did, before its transaction commits. No row = the transaction that claimed the step is not this one any more.
update countersign.step set rows = $3, result = $4::jsonb, applied_at = pg_catalog.clock_timestamp()
where run_id = $1 and step_id = $2 and xid = pg_catalog.pg_current_xact_id()
returning step_id;
