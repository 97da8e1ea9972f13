create table t (a int, b text);
create policy p on t using (a > 0);
create rule r as on delete to t do also nothing;
