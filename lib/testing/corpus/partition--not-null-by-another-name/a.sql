-- Partitions have the constraint from their table, by its name, or brought their own.
create table t (id int, v int, loses int not null) partition by list (id);
create table made partition of t for values in (1);
create table brought (id int, v int, loses int not null); alter table t attach partition brought for values in (2);
create table goes (id int not null, note text not null) partition by list (id);
create table goes_1 partition of goes for values in (1);
-- Names that a table left behind.
create table shop (id int not null, name text not null);
