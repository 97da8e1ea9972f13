create table t (x integer, y integer);
create function rows_of_t() returns setof t language sql as $$ select * from t $$;
create table u (k integer);
