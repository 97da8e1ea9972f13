create schema archive;
create type archive.kind as enum ('a', 'b');
create table archive.entry (id serial primary key, kind archive.kind not null default 'a', label varchar(20), gone text, at date not null);
create index entry_at on archive.entry (at);
create index entry_label on archive.entry (lower(label));
create table archive.part (id integer primary key, entry integer not null constraint part_entry references archive.entry, note text);
create table public.log (id integer primary key, entry integer references archive.entry on delete set null);
create function archive.count_of() returns bigint language plpgsql as $$ begin return (select count(*) from archive.entry); end $$;
create function archive.keep() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger kept before insert on archive.entry for each row execute function archive.keep();
create view archive.latest as select id, label, at from archive.entry where at > '2026-01-01';
create view public.both as select e.id, p.note, e.label from archive.entry e join archive.part p on p.entry = e.id;
create foreign data wrapper fdw;
create server far foreign data wrapper fdw;
create foreign table public.there (id integer, name text) server far;
create table public.parent (id integer, word text);
create table public.heir (own integer) inherits (public.parent);
comment on table archive.entry is 'kept';

-- Not on a schema that a move makes.
alter default privileges grant usage on schemas to public;
