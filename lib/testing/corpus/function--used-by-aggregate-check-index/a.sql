create function step(int, int) returns int language sql immutable as 'select $1 + $2';
create aggregate total(int) (sfunc = step, stype = int, initcond = '0');
create table t (a int check (step(a, 1) > 0), b int default step(1, 2), c int generated always as (step(a, 2)) stored);
create index t_step on t (step(a, 1));
create view v as select total(a) from t;
