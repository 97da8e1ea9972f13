create table dept (id integer primary key, name text not null);
create table emp (id integer primary key, "Dept" integer, dept integer, grade text, name text, hired date, left_on date);
create function emp_of(d dept) returns setof emp language sql stable as $$ select * from public.emp where dept = d.id $$;
create view heads as select d.name, x.id, x.grade from dept d, lateral emp_of(d) x where x.id = d.id;
create view the_same as select x.name from emp_of(null) x;
create materialized view names as select x.name, x.id, x."Dept" from emp_of(null) x;
