create table t (id int primary key, b int not null, c int not null); create unique index tb on t (b, c); alter table t cluster on tb; alter table t replica identity using index tb;
create table u (id int not null, x int not null, constraint k unique (id, x)); alter table u replica identity using index k; alter table u cluster on k;
create table w (id int primary key, b int); create index wb on w(b); alter table w cluster on w_pkey;
create table v (id int not null);
