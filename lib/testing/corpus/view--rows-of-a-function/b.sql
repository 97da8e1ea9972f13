create table dept (id bigint primary key, name text not null);
create table emp (id bigint primary key, "Dept" bigint, manager bigint, name text, grade text not null, hired date, left_on date);
create function emp_of(d dept) returns setof emp language sql stable as $$ select * from public.emp where "Dept" = d.id $$;
create view heads as select d.name, x.id, x.grade from dept d, lateral emp_of(d) x where x.id = d.id;
create materialized view names as select x.name, x.id from emp_of(null) x;
