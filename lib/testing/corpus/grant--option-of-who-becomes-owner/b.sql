create table t (a int, b int); alter table t owner to corpus_app;
set role corpus_app; grant select on t to corpus_reader; grant insert (a) on t to corpus_reader; reset role;
create function f() returns int language sql as 'select 1'; revoke all on function f() from public; alter function f() owner to corpus_app;
create schema q; alter schema q owner to corpus_app;
create sequence s; alter sequence s owner to corpus_app;
create type e as enum ('a'); alter type e owner to corpus_app;
create view v as select a from t; alter view v owner to corpus_app; grant select on v to corpus_reader;
create table back (a int); alter table back owner to corpus_reader; grant select on back to corpus_app with grant option;
