-- Columns that took each other's names: the constraints kept theirs.
create table t (x int not null, y int not null, z int not null);
-- A column that comes to heirs, one of which asks by a name of its own.
create table p (id int);
create table h () inherits (p); create table h2 () inherits (p); create table below () inherits (h);
-- A partitioned table that says how its partitions store their rows, be it as ever.
create table parts (id int) partition by list (id);
-- What is said of constraints behind NOT NULL, also of those that are not valid yet.
create table said (a int not null, b int not null, c int not null);
comment on constraint said_a_not_null on said is 'of a';
comment on constraint said_b_not_null on said is 'of b';
