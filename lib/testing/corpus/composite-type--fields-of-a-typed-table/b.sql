create type c as (a int, x text, y date); create table t (c c default row(1, 'q', null)); create table typed of c (a with options default 4);
