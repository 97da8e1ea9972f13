create table t (a int, b int default 1); create function old() returns int language sql as 'select 1'; alter table t alter a set default old();
