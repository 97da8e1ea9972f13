create sequence s as int;
create table t (a int, b serial);
create sequence o owned by t.a;
