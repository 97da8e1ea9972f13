create type mood as enum ('sad', 'ok', 'gone');
create domain fair as mood check (value > 'sad');
create table day (id integer primary key, m mood, n mood[], check (m <> 'gone'));
create view happy as select id from day where m > 'sad';
create function said(mood) returns text language sql immutable as $$ select null $$;
create cast (mood as text) with function said(mood) as implicit;
comment on cast (mood as text) is 'as people say it';
