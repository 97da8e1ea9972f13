create extension citext;
create table tagged (id int primary key, tags citext[] default '{}', rest text);
create function first_of(citext[]) returns citext language sql immutable as 'select $1[1]';
create type label as (words citext[]);
create domain words as citext[] check (cardinality(value) < 9);
create table notes (n int, w words, l label[], at citext[] not null);
create index on tagged using gin (tags);
