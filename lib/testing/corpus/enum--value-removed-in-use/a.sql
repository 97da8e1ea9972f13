create type mood as enum ('sad', 'ok', 'happy');
create table t (id int primary key, m mood not null default 'ok', list mood[] default array['sad']::mood[]);
insert into t values (1);
create index t_m on t (m) where m = 'ok';
create view v as select id, m from t;
create function f(m mood) returns mood language sql as 'select $1';
comment on view v is 'kept';
grant select on v to public;
