create domain d as int check (value > 0);
create type c as (a int);
create type r as range (subtype = int);
create domain over as d;
create table t (d d, c c, r r, o over);
create domain kept as int constraint k check (value > 0); comment on constraint k on domain kept is 'k';
