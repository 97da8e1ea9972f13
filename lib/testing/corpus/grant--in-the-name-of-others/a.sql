create table t (a int, b int); alter table t owner to corpus_owner;
grant select, insert on t to corpus_app with grant option;
set role corpus_app; grant select on t to corpus_reader with grant option; grant insert on t to corpus_reader;
set role corpus_reader; grant select on t to corpus_auditor; grant select (b) on t to public; reset role;
create function f() returns int language sql as 'select 1'; revoke all on function f() from public; grant execute on function f() to corpus_app with grant option;
set role corpus_app; grant execute on function f() to corpus_reader; reset role;
create table kept (a int, b int); grant select, update on kept to corpus_app with grant option; grant select (a) on kept to corpus_app; set role corpus_app; grant update (b) on kept to corpus_reader; reset role;
create schema q; grant usage on schema q to corpus_app; create view q.v as select a from kept; grant select on q.v to corpus_app with grant option; set role corpus_app; grant select on q.v to corpus_reader; reset role;
