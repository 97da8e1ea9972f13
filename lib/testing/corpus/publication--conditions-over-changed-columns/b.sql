create schema far;
create table t (id int primary key, n bigint, kept varchar(40));
create table far.u (id int primary key, n integer);
create publication p for table t (id, kept) where (n > 3), far.u;
create publication q for table t where (n > 4), tables in schema far;
