-- Which of these steps ($2) of the run $1 have no row? An applied step always has one, in the database that it was applied to.
select s.step_id
from unnest($2::text[]) with ordinality as s (step_id, place)
where not exists (select from countersign.step l where l.run_id = $1 and l.step_id = s.step_id)
order by s.place;
