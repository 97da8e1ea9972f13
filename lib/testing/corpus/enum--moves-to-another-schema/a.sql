create schema types;
create schema old;
create type public.mood as enum ('sad', 'ok', 'happy');
create domain public.score as integer check (value between 0 and 10);
create type public.pair as (mood public.mood, score public.score);
create type old.span as range (subtype = integer, multirange_type_name = old.spans);
create function public.better(public.mood) returns public.mood language sql immutable as $$ select case $1 when 'sad' then 'ok' else 'happy' end::public.mood $$;
create procedure public.cheer(inout public.mood) language plpgsql as $$ begin $1 := 'happy'; end $$;
create aggregate public.best(public.mood) (sfunc = pg_catalog.enum_larger, stype = public.mood);
create sequence old.number increment 3;
create table public.person (
  id integer primary key, mood public.mood not null default 'ok', moods public.mood[] default array['ok'::public.mood, 'sad'::public.mood], score public.score default 5, feels public.pair, reach old.span, reaches old.spans,
  no integer default nextval('old.number'), constraint not_sad check (mood <> 'sad'::public.mood or score is null)
);
create index person_happy on public.person (score) where mood = 'happy';
create index person_better on public.person (public.better(mood));
create view public.happy as select id, public.better(mood) as better, moods from public.person where mood = any (array['happy'::public.mood, 'ok'::public.mood]);
create table public.by_mood (mood public.mood not null, n integer) partition by list (mood);
create table public.by_mood_ok partition of public.by_mood for values in ('ok');
comment on type public.mood is 'how one feels';
comment on domain public.score is 'how much';
grant usage on type public.mood to corpus_reader;
