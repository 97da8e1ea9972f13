delete from "bazaar-vid_exports" where render_id = $1
