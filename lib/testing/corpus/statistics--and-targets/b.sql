create table t (a int, b int, c text);
create statistics s (ndistinct) on a, b from t;
create statistics e on (a + b), lower(c) from t;
alter statistics e set statistics 50;
comment on statistics e is 'x';
