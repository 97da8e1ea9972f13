create table t (a int, b text, t int);
create table u (a int);
