create function f() returns trigger language plpgsql as $$ begin return new; end $$;
create table t (a int);
create trigger t1 before insert on t for each row execute function f();
create trigger t2 after insert on t for each statement execute function f();
