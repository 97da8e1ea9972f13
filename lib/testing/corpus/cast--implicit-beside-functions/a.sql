create type mood as enum ('sad', 'ok');
create table day (id integer primary key, m mood, t text);
create function f(text) returns text language sql immutable as $$ select upper($1) $$;
create function said(mood) returns text language sql immutable as $$ select 'x' $$;
create view v as select f(t) as f from day;
