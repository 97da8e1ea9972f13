-- Rows of the shared tables, the same after every reset: ids are md5 of a name and a number, times count from one moment.
-- $1 is not to be had in a file of many statements, so the size comes from a setting: set_config('demo.users', …).
-- Every user has two projects.
insert into "bazaar-vid_user" (id, name, email, email_verified, created_at)
select md5('user:' || i)::uuid::text, 'User ' || i, 'user' || i || '@bazaar.test', timestamptz '2025-01-06 08:00Z' + i * interval '9 hours', timestamptz '2025-01-06 08:00Z' + i * interval '9 hours'
from generate_series(1, current_setting('demo.users')::integer) i;

insert into "bazaar-vid_account" (user_id, type, provider, provider_account_id, token_type, scope)
select id, 'oauth', case when row_number() over (order by email) % 3 = 0 then 'github' else 'google' end, md5('account:' || id), 'bearer', 'openid profile email'
from "bazaar-vid_user";

insert into "bazaar-vid_session" (session_token, user_id, expires)
select md5('session:' || id), id, created_at + interval '400 days' from "bazaar-vid_user";

insert into "bazaar-vid_verification_token" (identifier, token, expires)
select 'new' || i || '@bazaar.test', md5('token:' || i), timestamptz '2025-07-30 12:00Z' + i * interval '1 hour' from generate_series(1, 5) i;

insert into "bazaar-vid_project" (id, user_id, title, props, is_welcome, created_at)
select md5('project:' || i)::uuid, md5('user:' || (i + 1) / 2)::uuid::text, case when i % 2 = 1 then 'Welcome' else 'Launch video ' || i end,
  jsonb_build_object('fps', 30, 'width', 1920, 'height', 1080), i % 2 = 1, timestamptz '2025-01-07 09:00Z' + i * interval '5 hours'
from generate_series(1, 2 * current_setting('demo.users')::integer) i;

insert into "bazaar-vid_scene" (id, project_id, name, "order", tsx_code, duration, created_at)
select md5('scene:' || p.id || ':' || n)::uuid, p.id, 'Scene ' || n, n, 'export default function Scene' || n || '() { return null; }', 90 + 30 * n, p.created_at + n * interval '7 minutes'
from "bazaar-vid_project" p, generate_series(1, 4) n;

insert into "bazaar-vid_scene_iteration" (id, scene_id, project_id, operation_type, user_prompt, model_used, generation_time_ms, created_at)
select md5('iteration:' || id || ':' || n)::uuid, id, project_id, case n when 1 then 'create' else 'edit' end, 'Make it calmer, attempt ' || n, 'sonnet', 2400 + 100 * n, created_at + n * interval '2 minutes'
from "bazaar-vid_scene", generate_series(1, 2) n;

insert into "bazaar-vid_message" (id, project_id, content, role, sequence, created_at)
select md5('message:' || p.id || ':' || n)::uuid, p.id, 'Message ' || n, case when n % 2 = 1 then 'user' else 'assistant' end, n, p.created_at + n * interval '1 minute'
from "bazaar-vid_project" p, generate_series(1, 10) n;

insert into "bazaar-vid_image_analysis" (id, project_id, trace_id, image_urls, palette, mood, created_at)
select md5('analysis:' || id)::uuid, id, md5('trace:' || id), '["https://cdn.bazaar.test/a.png"]', '["#112233", "#eeddcc"]', 'calm', created_at
from "bazaar-vid_project" where not is_welcome;

insert into "bazaar-vid_asset" (id, user_id, kind, url, hash, file_size, created_at)
select md5('asset:' || id)::uuid, user_id, case when is_welcome then 'image' else 'video' end::asset_kind, 'https://cdn.bazaar.test/' || md5(id::text), md5('hash:' || id), 120000, created_at
from "bazaar-vid_project";

insert into "bazaar-vid_project_asset" (project_id, asset_id, added_at)
select id, md5('asset:' || id)::uuid, created_at from "bazaar-vid_project";

insert into "bazaar-vid_custom_component" (id, project_id, effect, status, created_at)
select md5('component:' || id)::uuid, id, 'fireworks', 'complete', created_at from "bazaar-vid_project" where not is_welcome;

insert into "bazaar-vid_animation_design" (id, project_id, scene_id, design_data, status, created_at)
select md5('design:' || id)::uuid, project_id, id, '{"easing": "spring"}', 'complete', created_at from "bazaar-vid_scene" where "order" = 1;

insert into "bazaar-vid_template" (id, name, category, tsx_code, adoption_count, created_by, created_at)
select md5('template:' || i)::uuid, 'Template ' || i, case i % 3 when 0 then 'Intro' when 1 then 'Outro' else 'Chart' end, 'export default () => null;', i, md5('user:1')::uuid::text, timestamptz '2025-02-01 10:00Z' + i * interval '1 day'
from generate_series(1, 18) i;

insert into "bazaar-vid_template_usage" (id, template_id, user_id, project_id, created_at)
select md5('usage:' || id)::uuid, md5('template:' || 1 + ascii(left(id::text, 1)) % 18)::uuid, user_id, id, created_at from "bazaar-vid_project";

insert into "bazaar-vid_shared_video" (id, project_id, user_id, title, view_count, created_at)
select md5('shared:' || id)::uuid, id, user_id, title, length(title), created_at from "bazaar-vid_project" where not is_welcome;

insert into "bazaar-vid_user_credits" (user_id, purchased_credits, updated_at) select id, 40, created_at from "bazaar-vid_user";

insert into "bazaar-vid_credit_transaction" (id, user_id, type, amount, price, created_at)
select md5('credit:' || id || ':' || n)::uuid, id, case n when 1 then 'purchase' else 'usage' end, case n when 1 then 40 else -n end, case n when 1 then 9.90 end, created_at + n * interval '1 day'
from "bazaar-vid_user", generate_series(1, 4) n;

insert into "bazaar-vid_email_subscriber" (email, subscribed_at)
select email, created_at from "bazaar-vid_user" order by email;

insert into "bazaar-vid_feedback" (id, user_id, content, rating, created_at)
select md5('feedback:' || id)::uuid, id, 'The export takes its time.', 4, created_at from "bazaar-vid_user" where email like '%1@%';

insert into "bazaar-vid_api_usage_metric" (id, user_id, project_id, provider, model, input_tokens, output_tokens, response_time_ms, status, created_at)
select md5('api:' || project_id || ':' || sequence)::uuid, null, project_id, 'anthropic', 'sonnet', 900 + sequence, 300, 1800, 'success', created_at
from "bazaar-vid_message" where role = 'assistant';
