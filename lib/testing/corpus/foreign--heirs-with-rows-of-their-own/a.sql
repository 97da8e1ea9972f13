create extension postgres_fdw;
create server far foreign data wrapper postgres_fdw;
create foreign table parent (a text, b int, check (b > 0)) server far;
create table local (x int) inherits (parent);
create foreign table other () inherits (parent) server far;
