create table t (id int primary key, n bigint, also text);
create publication p for table t (id) where (id > 3);
create publication q for table t (id, also);
