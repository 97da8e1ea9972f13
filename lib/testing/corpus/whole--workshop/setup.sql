create function public.box_text(box) returns text language sql immutable as $$ select $1::text collate "C" $$;
