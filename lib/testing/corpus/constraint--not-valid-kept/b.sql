create table p (id int primary key);
create table t (a int, b int, constraint a_ok check (a > 0), constraint b_p foreign key (b) references p not valid, constraint b_ok check (b > 0) not valid);
