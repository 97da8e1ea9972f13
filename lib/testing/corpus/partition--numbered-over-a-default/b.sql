-- From Postgres 17 on the partition is numbered too, and no statement numbers a column that has a default.
create table t (k integer not null, n integer not null generated always as identity) partition by list (k);
create table t1 partition of t (n default 3) for values in (1);
