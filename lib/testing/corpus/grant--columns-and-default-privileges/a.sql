create table t (a int, b int, c int);
grant select (a), update (b) on t to reader;
grant select on t to writer with grant option;
create function f() returns int language sql as 'select 1';
alter default privileges grant select on tables to reader;
alter default privileges revoke execute on functions from public;
