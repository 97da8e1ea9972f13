create table dept (id integer primary key, name text not null);
create table emp (id integer primary key, dept integer, boss integer, name text, salary numeric(8,2), hired date default current_date);
create function emp_of(d dept) returns setof emp language sql stable as $$ select * from public.emp where dept = d.id $$;
create view heads as select d.name, x.id, x.salary from dept d, lateral emp_of(d) x where x.id = d.id;
create materialized view names as select x.name, x.id from emp_of(null) x;
