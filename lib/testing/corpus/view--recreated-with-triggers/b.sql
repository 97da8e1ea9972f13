create table t (a int, b int);
create view v as select b, a from t;
create function f() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger tr instead of insert on v for each row execute function f();
create view top as select a from v;
create materialized view mv as select * from top;
create index mv_a on mv (a);
comment on view top is 'top';
grant select, insert on v to public;
