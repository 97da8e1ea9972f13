create function f() returns trigger language plpgsql as $$ begin return new; end $$;
create table l (id int not null, at date not null, region text not null) partition by range (at);
create table q (id int not null, at date not null, region text not null) partition by list (region);
create table q_us partition of q for values in ('us');
create table q_eu partition of q for values in ('eu');
create trigger stamp before insert on l for each row execute function f();
