create table t (a int, b text, t int);
create table u (a int);
create view v1 as select a as b, b as a from t order by t.a, t.b desc;
create view v2 as select x.a, extract(year from now()) from t x where x.b is distinct from 'x.a' and exists (select from u where u.a = x.a);
create view v3 as with w as (select a from t) select * from w;
create view v4 as select a, count(*) from t group by a having count(*) > 1;
create view v5 as select t.a from t join u using (a) union select a from u;
create view v6 as select distinct on (b) b, a from only t;
create view v7 as select t from t;
create view v8 as select sum(a) over (partition by b order by t) from t;
create recursive view v9 (n) as select 1 union all select n + 1 from v9 where n < 5;
create view v10 as values (1, 'a'), (2, 'b');
create view v11 as select g from generate_series(1, 3) g;
create view v12 as select s.a from (select a from t) s;
-- A column that comes is in the lists by which these name columns by their place.
create table counted (x integer, y integer, z integer);
create view a_table_named as select q.a from counted q(a, b);
