-- Rows of prod's own tables. The figures are those of the completion report: 134 exports, 379 analytics, 671, 389 and 3.

-- 132 exports of live projects. Number 57 came from another client, which wrote its id in upper case with braces.
insert into "bazaar-vid_exports" (id, user_id, project_id, render_id, status, progress, format, quality, output_url, file_size, duration, download_count, created_at, completed_at)
select case when i = 57 then '{' || upper(md5('export:' || i)::uuid::text) || '}' else md5('export:' || i)::uuid::text end,
  p.user_id, p.id::text, 'render-' || lpad(i::text, 5, '0'), case when i % 11 = 0 then 'failed' else 'completed' end, case when i % 11 = 0 then 40 else 100 end,
  case when i % 5 = 0 then 'webm' when i % 7 = 0 then 'gif' else 'mp4' end, case when i % 4 = 0 then 'medium' else 'high' end,
  case when i % 11 = 0 then null else 'https://renders.bazaar.test/' || i || '.mp4' end, 1000000 + 7919 * i, 10 + i % 50, i % 4,
  timestamp '2025-05-02 07:30' + i * interval '11 hours', timestamp '2025-05-02 07:34' + i * interval '11 hours'
from generate_series(1, 132) i
join "bazaar-vid_project" p on p.id = md5('project:' || 1 + i % (2 * current_setting('demo.users')::integer))::uuid;

-- Two of a project that somebody deleted when nothing forbade it.
insert into "bazaar-vid_exports" (id, user_id, project_id, render_id, status, progress, output_url, file_size, duration, created_at, completed_at)
select md5('export:' || i)::uuid::text, md5('user:7')::uuid::text, 'a161a5cc-886a-48dc-be84-84d31e131d88', 'render-' || lpad(i::text, 5, '0'), 'completed', 100,
  'https://renders.bazaar.test/' || i || '.mp4', 1000000 + 7919 * i, 10 + i % 50, timestamp '2025-05-02 07:30' + i * interval '11 hours', timestamp '2025-05-02 07:34' + i * interval '11 hours'
from generate_series(133, 134) i;

-- Three events each for the two orphans and for the first 109 exports, two for the other 23: 6 + 327 + 46 = 379. They are written
-- with the spelling of their export, so that text equality finds every one.
insert into "bazaar-vid_export_analytics" (id, export_id, event, event_data, user_agent, ip_address, created_at)
select md5('event:' || e.render_id || ':' || n)::uuid, e.id, case n when 1 then 'started' when 2 then case e.status when 'failed' then 'failed' else 'completed' end else 'downloaded' end,
  jsonb_build_object('render', e.render_id), 'Mozilla/5.0', '192.0.2.' || n, e.created_at + n * interval '2 minutes'
from "bazaar-vid_exports" e, generate_series(1, 3) n
where n <= 2 or e.render_id <= 'render-00109' or e.project_id = 'a161a5cc-886a-48dc-be84-84d31e131d88';

insert into "bazaar-vid_project_memory" (id, project_id, memory_type, memory_key, memory_value, created_at)
select md5('memory:' || i)::uuid, md5('project:' || 1 + i % (2 * current_setting('demo.users')::integer))::uuid, case when i % 3 = 0 then 'preference' else 'fact' end, 'key-' || i, 'Prefers blue, take ' || i, timestamptz '2025-03-01 06:00Z' + i * interval '2 hours'
from generate_series(1, 671) i;

insert into "bazaar-vid_metric" (id, name, value, "timestamp")
select md5('metric:' || i)::uuid, 'build.ms', 900 + i % 77, timestamptz '2025-02-10 06:00Z' + i * interval '3 hours' from generate_series(1, 389) i;

insert into "bazaar-vid_agent_message" (id, sender, recipient, type, payload, status, created_at)
select md5('agent:' || i)::uuid, 'planner', 'builder', 'build', jsonb_build_object('take', i), 'processed', timestamptz '2025-02-11 06:00Z' + i * interval '1 minute' from generate_series(1, 3) i;

-- Statistics for most tables. Of the duplicate, the four empty ones and agent_message nothing is known, as in a real database
-- whose small tables autovacuum never visits: "unknown" is not 0.
analyze "bazaar-vid_user", "bazaar-vid_account", "bazaar-vid_session", "bazaar-vid_project", "bazaar-vid_scene", "bazaar-vid_scene_iteration",
  "bazaar-vid_message", "bazaar-vid_image_analysis", "bazaar-vid_asset", "bazaar-vid_project_asset", "bazaar-vid_custom_component",
  "bazaar-vid_animation_design", "bazaar-vid_template", "bazaar-vid_template_usage", "bazaar-vid_shared_video", "bazaar-vid_user_credits",
  "bazaar-vid_credit_transaction", "bazaar-vid_email_subscriber", "bazaar-vid_feedback", "bazaar-vid_api_usage_metric",
  "bazaar-vid_exports", "bazaar-vid_export_analytics", "bazaar-vid_project_memory", "bazaar-vid_metric";
