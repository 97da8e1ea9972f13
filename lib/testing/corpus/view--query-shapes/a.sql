create table t (a int, b text, t int);
create table u (a int);
-- A column that comes is in the lists by which these name columns by their place.
create table counted (x integer, y integer);
create view a_table_named as select q.a from counted q(a, b);
