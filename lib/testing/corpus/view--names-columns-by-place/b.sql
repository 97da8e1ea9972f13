create table t (y integer, x integer);
create function rows_of_t() returns setof t language sql as $$ select * from t $$;
create view by_place as select q.a from t q(a, b);
create view of_function as select q.a from rows_of_t() q(a, b);
create view by_name as select q.x from t q;
create table u (k integer);
create view of_join as select j.a from (t cross join u) j(a, b);
