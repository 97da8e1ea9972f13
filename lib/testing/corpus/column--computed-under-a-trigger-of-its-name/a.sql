create table docs (id integer, title text not null, tsv tsvector);
create function fill() returns trigger language plpgsql as $$ begin new.tsv := to_tsvector(new.title); return new; end $$;
create trigger tsv before insert or update on docs for each row execute function fill();
