create table p (a int, b int, primary key (a, b));
create table t (x int default 1, y int default 2);
