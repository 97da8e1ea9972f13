create table t (id int not null, v int not null, loses int, comes int not null default 0) partition by list (id);
create table made partition of t for values in (1);
create table brought (id int not null, v int not null, loses int not null, comes int not null default 0); alter table t attach partition brought for values in (2);
create table goes (id int not null, note text not null) partition by list (id);
create table goes_1 partition of goes for values in (1); alter table goes detach partition goes_1;
create table shop (id int not null, name text not null); alter table shop rename to old_shop;
create table shop (id int not null, name text not null);
