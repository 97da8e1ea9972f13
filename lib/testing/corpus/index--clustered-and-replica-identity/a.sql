create table t (id int primary key, b int not null); create unique index tb on t (b); alter table t cluster on t_pkey; alter table t replica identity using index tb;
create table u (id int not null, constraint k unique (id)); alter table u replica identity using index k;
create table w (id int primary key, b int); create index wb on w(b); alter table w cluster on wb;
create table v (id int not null, constraint vk unique (id)); alter table v replica identity using index vk;
