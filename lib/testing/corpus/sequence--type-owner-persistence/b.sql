create sequence s as smallint increment by 5 maxvalue 100 cycle;
create table t (a int, b int);
create sequence o cache 10;
create table u (id bigserial primary key, n int default nextval('o'));
create sequence around increment -1;
