create extension postgres_fdw;
create server far foreign data wrapper postgres_fdw;
create foreign table parent (a int not null, b int, check (b > 0)) server far;
create table local (x int) inherits (parent);
create table leaves (x int) inherits (parent);
create table joins (a int not null, b int, check (b > 0), y int);
