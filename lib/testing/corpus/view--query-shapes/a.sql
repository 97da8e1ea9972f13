create table t (a int, b text, t int);
create table u (a int);
-- A column that comes is in the lists by which these name columns by their place.
create table counted (x integer, y integer); create table beside (k integer, l integer);
create view a_table_named as select q.a from counted q(a, b);
create view a_join_named as select j.a from (counted cross join beside) j(a, b);
