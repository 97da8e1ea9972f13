create table t (id integer not null);
create table p (id integer not null);
create unique index p_id on p (id);
alter table p replica identity using index p_id;
