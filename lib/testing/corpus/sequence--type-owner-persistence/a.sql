create sequence s as int;
create table t (a int, b serial);
create sequence o owned by t.a;
create sequence around as int maxvalue 100 cycle;
