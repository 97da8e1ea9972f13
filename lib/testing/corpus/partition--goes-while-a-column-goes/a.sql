-- A policy of the partition, and a view over it, say the column that the partitioned table loses.
create schema other;
create table t (k integer not null, gone integer, kept integer) partition by list (k);
create table t1 partition of t for values in (1);
create policy own on t1 using (gone = 1);
create view over_t1 as select gone from t1;
create table p (k integer, gone integer);
create table heir (own integer) inherits (p);
create policy own on heir using (gone = 1);
