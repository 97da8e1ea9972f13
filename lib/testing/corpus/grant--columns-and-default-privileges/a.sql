create table t (a int, b int, c int);
grant select (a), update (b) on t to reader;
grant select on t to writer with grant option;
-- Where a row stands, and nothing else of it.
grant select (tableoid) on t to reader;
create function f() returns int language sql as 'select 1';
alter default privileges grant select on tables to reader;
alter default privileges revoke execute on functions from public;
-- Says nothing of tables that somebody else makes.
alter default privileges for role writer revoke delete on tables from writer;
-- Whoever makes the tables of the other side may have rights in those of this role: they are the owner's all the same.
DO $$ BEGIN EXECUTE format('alter default privileges for role writer grant select on tables to %I', current_user); END $$;
alter default privileges in schema public grant execute on functions to public;
