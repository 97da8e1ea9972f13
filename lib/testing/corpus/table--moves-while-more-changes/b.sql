create schema depot;
create schema far_away;
comment on schema far_away is 'far';
create type depot.kind as enum ('a', 'b', 'c');
create table depot.entry (id serial primary key, kind depot.kind not null default 'b', label varchar(20), added integer default 7, at date not null);
create index entry_at on depot.entry (at desc);
create index entry_label_lower on depot.entry (lower(label));
create table depot.part (id integer primary key, entry integer not null constraint part_entry references depot.entry on delete cascade, note text);
create table public.log (id integer primary key, entry integer references depot.entry on delete set null);
create function depot.count_of() returns bigint language plpgsql as $$ begin return (select count(*) from depot.entry); end $$;
create function depot.keep() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger kept before insert on depot.entry for each row execute function depot.keep();
create view depot.latest as select id, label, at, kind from depot.entry where at > '2026-01-01';
create view public.both as select e.id, p.note, e.label from depot.entry e join depot.part p on p.entry = e.id;
create foreign data wrapper fdw;
create server far foreign data wrapper fdw;
create foreign table far_away.there (id integer, name text) server far;
create table far_away.parent (id integer, word text not null default '');
create table public.heir (own integer) inherits (far_away.parent);
create index heir_own on public.heir (own);
comment on table depot.entry is 'kept well';

-- Not on a schema that a move makes.
alter default privileges grant usage on schemas to public;
