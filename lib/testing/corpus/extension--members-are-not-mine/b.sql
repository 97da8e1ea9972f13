create extension hstore;
create schema ext;
create extension citext schema ext;
create table t (a int, h hstore default 'a=>1', c ext.citext);
create index t_h on t using gin (h);
comment on extension hstore is 'mine';
alter default privileges grant execute on functions to corpus_reader;
