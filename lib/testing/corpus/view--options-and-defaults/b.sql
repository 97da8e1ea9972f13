create table t (a int, b text);
create view v with (security_barrier = true) as select a, b from t;
alter view v alter a set default 5;
create view w as select a from t where a > 0 with cascaded check option;
