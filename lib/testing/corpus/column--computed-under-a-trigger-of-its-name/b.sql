create text search configuration docs (copy = german);
create table docs (id integer, title text not null, tsv tsvector generated always as (to_tsvector('docs', title)) stored);
