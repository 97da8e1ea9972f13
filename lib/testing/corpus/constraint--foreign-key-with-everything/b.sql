create table p (a int, b int, primary key (a, b));
create table t (x int default 1, y int default 2, constraint fk foreign key (x, y) references p match full on update set null on delete set default deferrable initially deferred);
