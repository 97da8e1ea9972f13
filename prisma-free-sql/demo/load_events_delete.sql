delete from "bazaar-vid_export_analytics" where export_id = (select id from "bazaar-vid_exports" where render_id = $1)
