create table p (id int, k text, at date, v numeric) partition by list (k);
create table pa partition of p for values in ('a') partition by range (at); create table pa1 partition of pa for values from ('2024-01-01') to ('2025-01-01'); create table pb partition of p for values in ('b', 'c'); create index on p (id); create index only_pb on pb (v);
alter table pb add constraint vpos check (v > 0); create table ref (id int primary key); 
