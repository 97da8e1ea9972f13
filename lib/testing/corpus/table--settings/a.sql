create table t (a int not null, b int);
create unique index t_a on t (a);
create index t_b on t (b);
create unlogged table l (a int);
