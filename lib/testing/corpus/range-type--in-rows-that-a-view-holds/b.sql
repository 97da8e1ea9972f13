create type r as range (subtype = text, collation = "C");
create type e as enum ('y', 'x');
create table t (id integer, a r, b e, c r[]);
create table heir (d e) inherits (t);
create materialized view m as select t as c1, t.id as c2 from t;
create materialized view n as select heir as c1 from heir;
create view w as select t.c1 as c1, (select count(*) from m o) as n from m t;
