create table t (a text, b text, c int, d jsonb);
alter table t alter a set storage external, alter c set statistics 200;
