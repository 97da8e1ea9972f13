create table q (id int primary key);
create table t (id int, qid int, constraint renamed foreign key (qid) references q on delete cascade) partition by list (id);
create table t1 (id int, qid int, constraint own_name foreign key (qid) references q on delete cascade);
alter table t attach partition t1 for values in (1);
create table t2 (id int, qid int, constraint t_q foreign key (qid) references q on delete cascade);
alter table t attach partition t2 for values in (2);
create table t3 (id int, qid int, constraint t3_q foreign key (qid) references q on delete cascade);
alter table t attach partition t3 for values in (3);
