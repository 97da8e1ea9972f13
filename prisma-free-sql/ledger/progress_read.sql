-- How far has a step of several transactions come? No row = none of them was committed.
select state from countersign.progress where run_id = $1 and step_id = $2;
