create unlogged table t (a int not null, b int) with (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false);
create unique index t_a on t (a);
alter table t replica identity using index t_a;
create index t_b on t (b);
alter table t cluster on t_b;
alter table t enable row level security, force row level security;
create table l (a int);
