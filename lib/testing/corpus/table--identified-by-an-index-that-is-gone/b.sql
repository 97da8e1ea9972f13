create table t (id integer not null);
create unique index t_id on t (id);
alter table t replica identity using index t_id;
drop index t_id;
create table p (id integer not null);
