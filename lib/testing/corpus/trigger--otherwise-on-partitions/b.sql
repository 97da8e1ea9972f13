create function trig() returns trigger language plpgsql as 'begin return new; end';
create table p (a int) partition by list (a); create table p1 partition of p for values in (1); create table p2 partition of p for values in (2);
create trigger tr before insert on p for each row execute function trig();
create trigger tr2 after insert on p for each row execute function trig();
alter table p1 disable trigger tr; alter table p2 enable always trigger tr;
