create type mood as enum ('sad', 'ok');
create domain fairer as mood check (value > 'sad');
create table day (id integer primary key, m mood, n mood[], o mood default 'ok', check (m < 'ok'));
create view happy as select id, m from day where m >= 'ok' and o > 'sad';
create index day_m on day (id) where m > 'sad';
create function said(mood) returns text language sql immutable as $$ select null $$;
create cast (mood as text) with function said(mood) as implicit;
comment on cast (mood as text) is 'as people say it';
