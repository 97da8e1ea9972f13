create table t (id int primary key, n int, goes text, also text);
create publication p for table t (id, goes) where (id > 3);
create publication q for table t (id, also);
