create table x (a int); create view y as select 1 as a; create materialized view z as select 1 as a; create function f(int) returns int language sql as 'select 1'; create sequence s; create type e as enum ('a'); create table other (q int); create index idx on x(a); create table third (q int, constraint u unique (q));
create table uses (v e default 'a', n int default nextval('s'));
