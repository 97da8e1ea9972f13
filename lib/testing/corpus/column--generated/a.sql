create table t (a int, b int generated always as (a + 1) stored, c int generated always as (a * 2) stored, d int);
create view v as select b, c from t;
