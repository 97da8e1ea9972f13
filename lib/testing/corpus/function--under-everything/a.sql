create function f(a int) returns int language sql immutable as 'select a'; create function trig() returns trigger language plpgsql as 'begin return new; end';
create domain d as int check (f(value) > 0);
create table t (a int default f(1), b int generated always as (f(a)) stored, c d, check (f(a) > 0), exclude using btree (f(a) with =));
create index i on t (f(a)); create policy p on t using (f(a) > 1); create trigger tr after update on t for each row when (f(new.a) > 1) execute function trig();
create view v as select f(a) as x from t; create materialized view m as select f(a) as x from t; create index mi on m (x); create rule r as on insert to v do instead insert into t (a) values (f(new.x));
create statistics st on (f(a)), (a + 1) from t;
comment on policy p on t is 'pc'; comment on trigger tr on t is 'tc'; comment on rule r on v is 'rc'; comment on index mi is 'mic'; comment on column m.x is 'mcol'; comment on column v.x is 'vcol'; comment on domain d is 'dd'; comment on statistics st is 'stc'; grant select (x) on v to public; grant select on m to public;
