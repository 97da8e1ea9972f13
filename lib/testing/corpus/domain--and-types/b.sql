create domain d as int default 5 not null constraint small check (value < 10);
create type c as (a int, b text);
create type r as range (subtype = float8, subtype_diff = float8mi, multirange_type_name = rs);
create domain over as d check (value <> 7);
create table t (d d, c c, r r, o over, many rs[]);
create collation german (provider = libc, locale = 'C');
create domain txt as text collate german;
create domain kept as int constraint k check (value > 1); comment on constraint k on domain kept is 'k';
-- Its constructors keep the old name, in no dump; loaded again they have the new one.
create type stretch as range (subtype = integer);
alter type stretch rename to span;
