-- No types are named: the ids are text before the conversion and uuid after it.
insert into "bazaar-vid_exports" (user_id, project_id, render_id, status, progress) values ($1, $2, $3, 'rendering', 0)
