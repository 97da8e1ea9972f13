insert into "bazaar-vid_export_analytics" (export_id, event) select id, $2 from "bazaar-vid_exports" where render_id = $1
