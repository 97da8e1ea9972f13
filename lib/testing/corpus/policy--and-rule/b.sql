create table t (a int, b text);
alter table t enable row level security;
create policy p on t as restrictive for update to reader, public using (a > 0) with check (b in ('a', 'b'));
create policy q on t for insert with check (a = 1);
create rule r as on delete to t where old.a > 3 do instead update t set b = 'x' where t.a = old.a;
alter table t disable rule r;
comment on policy p on t is 'p';
