create table t (a text, b text compression pglz, c int, d jsonb);
alter table t alter b set storage main, alter d set statistics 300, alter c set (n_distinct = 5, n_distinct_inherited = 7);
