create table kind (id int primary key);
create table events (id bigserial, at timestamptz not null, kind int references kind, note text default 'none', size int generated always as (length(note)) stored, primary key (id));
create index on events (at); create index note_of on events (lower(note)); create statistics more (dependencies) on kind, note from events; alter table events add constraint small check (size < 1000);
create function stamp() returns trigger language plpgsql as 'begin new.note := coalesce(new.note, ''stamped''); return new; end'; create trigger stamp before insert or update on events for each row execute function stamp();
create policy own on events using (kind > 0); alter table events enable row level security; alter table events force row level security;
create view v as select id, note from events; create materialized view m as select count(*) from events; create function f(events) returns text language sql as 'select $1.note'; comment on table events is 'what happened'; comment on column events.note is 'a word'; grant select on events to public; grant insert (note) on events to public; create publication p for table events;
