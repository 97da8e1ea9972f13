create table q (id int primary key);
create table t (id int, qid int, constraint t_q foreign key (qid) references q) partition by list (id);
create table t1 partition of t for values in (1);
create table t2 partition of t for values in (2);
