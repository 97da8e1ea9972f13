create extension postgres_fdw;
create server far foreign data wrapper postgres_fdw;
create foreign table parent (a int not null, b int default 3, d date) server far;
create table local (x int) inherits (parent);
create table leaves (a int not null, b int, check (b > 0), x int);
create table joins (a int not null, b int, d date, y int);
alter table joins inherit parent;
create table comes (z int) inherits (parent);
create foreign table too (q int) inherits (parent) server far;
