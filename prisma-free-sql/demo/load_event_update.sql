update "bazaar-vid_export_analytics" set event_data = jsonb_build_object('seen', now())
where export_id = (select id from "bazaar-vid_exports" where render_id = $1)
