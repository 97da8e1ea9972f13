-- Was the step applied? No row = it was not.
select sha, xid::text as xid, rows::text as rows, result, applied_at
from countersign.step
where run_id = $1 and step_id = $2;
