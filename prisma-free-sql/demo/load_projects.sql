-- For whom the product exports: a sample of its projects.
select id::text as project, user_id as person from "bazaar-vid_project" order by created_at limit 200
