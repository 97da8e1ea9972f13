create table t (id int, name text, n int);
create view v as select 1 as one;
