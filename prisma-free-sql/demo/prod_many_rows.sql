-- After prod_rows.sql, only where the demo is asked for a size: fills exports and analytics up to set_config('demo.rows', …) rows each. The facts stay
-- those of the small demo: the same two exports without a project with their six events, the same one id in braces and capitals.

-- The number has eight digits here, so that no id of the first 134 is met again.
insert into "bazaar-vid_exports" (id, user_id, project_id, render_id, status, progress, format, quality, output_url, file_size, duration, download_count, created_at, completed_at)
select md5('export:' || i)::uuid::text, p.user_id, p.id::text, 'render-' || to_char(i, 'FM00000000'), 'completed', 100,
  case when i % 5 = 0 then 'webm' when i % 7 = 0 then 'gif' else 'mp4' end, case when i % 4 = 0 then 'medium' else 'high' end,
  'https://renders.bazaar.test/' || i || '.mp4', 1000000 + i % 7919, 10 + i % 50, i % 4,
  timestamp '2025-05-02 07:30' + i * interval '5 seconds', timestamp '2025-05-02 07:34' + i * interval '5 seconds'
from generate_series(135, current_setting('demo.rows')::integer) i
join "bazaar-vid_project" p on p.id = md5('project:' || 1 + i % (2 * current_setting('demo.users')::integer))::uuid;

-- One event for each of them, as many as are missing.
insert into "bazaar-vid_export_analytics" (id, export_id, event, event_data, user_agent, ip_address, created_at)
select md5('event:' || i)::uuid, md5('export:' || i)::uuid::text, case i % 3 when 0 then 'started' when 1 then 'completed' else 'downloaded' end,
  jsonb_build_object('take', i), 'Mozilla/5.0', '192.0.2.' || i % 250, timestamp '2025-05-02 07:36' + i * interval '5 seconds'
from generate_series(135, 134 + current_setting('demo.rows')::integer - 379) i;

analyze "bazaar-vid_exports", "bazaar-vid_export_analytics";
