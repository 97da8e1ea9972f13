-- What the backend $1 says of its own progress, whichever view it stands in: an index build (blocks, then rows, then who is waited for)
-- or a vacuum. No row = it is in none.
select 'index' as what, p.phase,
  case when p.phase like 'waiting%' then p.lockers_done when p.blocks_total > 0 then p.blocks_done else p.tuples_done end::float8 as done,
  case when p.phase like 'waiting%' then p.lockers_total when p.blocks_total > 0 then p.blocks_total else p.tuples_total end::float8 as total,
  case when p.phase like 'waiting%' then 'older transactions' when p.blocks_total > 0 then 'blocks' else 'rows' end as unit
from pg_catalog.pg_stat_progress_create_index p where p.pid = $1
union all
select 'vacuum', v.phase, v.heap_blks_scanned::float8, v.heap_blks_total::float8, 'blocks'
from pg_catalog.pg_stat_progress_vacuum v where v.pid = $1;
