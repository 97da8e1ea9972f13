create type pair as (a int, b int);
create type shade as enum ('red', 'green', 'gone');
create function shade_of(int) returns shade language sql immutable as $$ select case $1 when 1 then 'red'::shade else 'green'::shade end $$;
create cast (int as shade) with function shade_of(int);
create cast (text as shade) with inout;
create function word() returns text language sql immutable as $$ select 'red'::text $$;
create table painted (a shade, b shade);
