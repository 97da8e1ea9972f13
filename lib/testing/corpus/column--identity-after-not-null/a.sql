create table t (id int, n int not null, s serial, keep int generated always as identity (start with 5));
