create table p (id int primary key);
create table t (a int, b int, constraint a_ok check (a > 0) not valid);
