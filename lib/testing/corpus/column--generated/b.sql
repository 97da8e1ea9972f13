create table t (a int, b int generated always as (a + 2) stored, c int, d int generated always as (a - 1) stored);
create view v as select b, c from t;
