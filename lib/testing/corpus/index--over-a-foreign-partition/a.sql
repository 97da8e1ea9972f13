create extension postgres_fdw;
create server far foreign data wrapper postgres_fdw;
create table p (a int, b text) partition by range (a);
create foreign table p1 partition of p for values from (1) to (2) server far;
create table p2 partition of p for values from (2) to (3);
create table p3 partition of p for values from (3) to (9) partition by range (a);
create table p3_1 partition of p3 for values from (3) to (5);
create index stands on p2 (a, b);
