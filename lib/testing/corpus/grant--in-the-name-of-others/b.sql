create table t (a int, b int); alter table t owner to corpus_owner;
grant select, insert on t to corpus_app with grant option; grant select, insert on t to corpus_reader; grant select on t to corpus_auditor;
create function f() returns int language sql as 'select 1'; revoke all on function f() from public; grant execute on function f() to corpus_auditor with grant option;
set role corpus_auditor; grant execute on function f() to corpus_reader; reset role;
create table kept (a bigint, b int); grant select (a), update (b) on kept to corpus_app; grant update (b) on kept to corpus_reader;
create schema q; grant usage on schema q to corpus_app; create view q.v as select a from kept; grant select on q.v to corpus_app with grant option; set role corpus_app; grant select on q.v to corpus_reader; reset role;
