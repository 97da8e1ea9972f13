create table t (id int primary key, name text, n int);
create view v as select id, name, sum(n) as total from t group by id;
create view v2 as select total from v;
