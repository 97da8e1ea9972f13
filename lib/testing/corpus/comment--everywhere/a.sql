create schema s;
create table s.t (a int primary key, b int check (b > 0));
comment on table s.t is 'old';
comment on column s.t.a is 'gone';
