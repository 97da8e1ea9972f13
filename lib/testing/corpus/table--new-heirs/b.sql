create table base (a int default 1, b text, check (a > 0));
create table heir (c int, a int) inherits (base);
create table heir2 (d int) inherits (heir);
alter table heir2 alter a set default 7;
