create table base (a int, b text);
create table t (a int, b text, c int);
alter table t inherit base;
create table left_over (x int);
create table heir () inherits (left_over);
alter table heir no inherit left_over;
