-- Computed in another way where it stands, by partitions in their own; a table whose rows another holds; and what is looked at while that changes.
create table t (k int, v int, twice int generated always as (v * 2) stored) partition by list (k);
create table t1 partition of t for values in (1);
create table t2 (k int, v int, twice int generated always as (v * 22) stored); alter table t attach partition t2 for values in (2);
create index t2_twice on t2 (twice);
create view seen as select k, twice from t;
create table row_of (a int, b text generated always as ('hello') virtual);
create table holds (y row_of);
create table checked (a int check (a > 0), b int generated always as (a + 1) virtual);
create table wide (k int, v int) partition by list (k);
create table wide1 (k int, v int); alter table wide attach partition wide1 for values in (1);
create table p (v int, s int generated always as (v + 1) stored); create table h () inherits (p);
