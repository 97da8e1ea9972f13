create table t (a int);
create function std(x int) returns bigint language sql begin atomic select count(*) from t where a > x; end;
