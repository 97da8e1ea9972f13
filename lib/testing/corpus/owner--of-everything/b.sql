create table t (a int);
alter table t owner to writer;
create view v as select * from t;
alter view v owner to writer;
create function f() returns int language sql as 'select 1';
alter function f() owner to writer;
create schema s authorization writer;
