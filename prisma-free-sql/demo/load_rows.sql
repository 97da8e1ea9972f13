-- What earlier starts under load left, and how many exports there are besides.
select count(*)::integer as rows, coalesce(array_agg(render_id) filter (where render_id like 'load-%'), '{}') as left from "bazaar-vid_exports"
