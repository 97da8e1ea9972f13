create table a (id serial primary key, constraint a_uq unique (id)); create table h (x int); create index shared_name on h (x); create type tt as enum ('a'); create sequence ss;
