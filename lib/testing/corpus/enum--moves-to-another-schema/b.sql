create schema types;
create schema old;
create type types.mood as enum ('sad', 'ok', 'happy');
create domain types.score as integer check (value between 0 and 10);
create type types.pair as (mood types.mood, score types.score);
create type types.span as range (subtype = integer, multirange_type_name = types.spans);
create function types.better(types.mood) returns types.mood language sql immutable as $$ select case $1 when 'sad' then 'ok' else 'happy' end::types.mood $$;
create procedure types.cheer(inout types.mood) language plpgsql as $$ begin $1 := 'happy'; end $$;
create aggregate types.best(types.mood) (sfunc = pg_catalog.enum_larger, stype = types.mood);
create sequence types.number increment 3;
create table public.person (
  id integer primary key, mood types.mood not null default 'ok', moods types.mood[] default array['ok'::types.mood, 'sad'::types.mood], score types.score default 5, feels types.pair, reach types.span, reaches types.spans,
  no integer default nextval('types.number'), constraint not_sad check (mood <> 'sad'::types.mood or score is null)
);
create index person_happy on public.person (score) where mood = 'happy';
create index person_better on public.person (types.better(mood));
create view public.happy as select id, types.better(mood) as better, moods from public.person where mood = any (array['happy'::types.mood, 'ok'::types.mood]);
create table public.by_mood (mood types.mood not null, n integer) partition by list (mood);
create table public.by_mood_ok partition of public.by_mood for values in ('ok');
comment on type types.mood is 'how one feels';
comment on domain types.score is 'how much';
grant usage on type types.mood to corpus_reader;
