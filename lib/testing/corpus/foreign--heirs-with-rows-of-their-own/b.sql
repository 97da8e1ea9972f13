create extension postgres_fdw;
create server far foreign data wrapper postgres_fdw;
create foreign table parent (a int, b bigint, d date) server far;
create table local (x int) inherits (parent);
create foreign table other (e int) inherits (parent) server far;
