-- A few rows, as on a development branch.
insert into "bazaar-vid_exports" (id, user_id, project_id, render_id, status, progress, created_at)
select md5('export:' || i)::uuid, p.user_id, p.id, 'dev-' || i, 'completed', 100, timestamp '2025-07-20 09:00' + i * interval '1 hour'
from generate_series(1, 5) i join "bazaar-vid_project" p on p.id = md5('project:' || i)::uuid;

insert into "bazaar-vid_export_analytics" (id, export_id, event, created_at)
select md5('event:' || e.render_id || ':' || n)::uuid, e.id, case n when 1 then 'started' else 'completed' end, e.created_at + n * interval '2 minutes'
from "bazaar-vid_exports" e, generate_series(1, 2) n;

insert into "bazaar-vid_promo_codes" (id, code, description, discount_type, discount_value, max_uses, created_by, created_at)
select md5('promo:' || i)::uuid, 'LAUNCH' || i, 'Launch week', case i when 1 then 'percentage' else 'fixed' end::promo_discount_type, 10 * i, 100, md5('user:1')::uuid::text, timestamptz '2025-07-21 09:00Z' from generate_series(1, 2) i;

insert into "bazaar-vid_promo_code_usage" (id, promo_code_id, user_id, discount_applied, created_at)
values (md5('promo-usage:1')::uuid, md5('promo:1')::uuid, md5('user:2')::uuid::text, 0.99, timestamptz '2025-07-22 09:00Z');

insert into "bazaar-vid_paywall_events" (id, user_id, event_type, created_at)
select md5('paywall:' || i)::uuid, md5('user:' || i)::uuid::text, 'viewed', timestamptz '2025-07-22 10:00Z' + i * interval '1 minute' from generate_series(1, 3) i;

insert into "bazaar-vid_brand_extraction" (id, url, user_id, extraction_id, brand_name, created_at, updated_at)
values (md5('brand:1')::uuid, 'https://brand.test', md5('user:1')::uuid::text, 'extraction-1', 'Brand', timestamptz '2025-07-23 09:00Z', timestamptz '2025-07-23 09:00Z');

insert into neon_auth.users_sync (raw_json) values ('{"id": "u1", "display_name": "Dev", "primary_email": "dev@bazaar.test"}');

analyze "bazaar-vid_user", "bazaar-vid_project", "bazaar-vid_scene", "bazaar-vid_message", "bazaar-vid_exports", "bazaar-vid_export_analytics";
