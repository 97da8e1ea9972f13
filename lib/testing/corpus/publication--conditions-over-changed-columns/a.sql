create schema far;
create table t (id int primary key, n int, kept text);
create table far.u (id int primary key, n numeric);
create publication p for table t (id, kept) where (n > 3), far.u;
create publication q for table t where (n > 4), tables in schema far;
comment on publication p is 'said';
