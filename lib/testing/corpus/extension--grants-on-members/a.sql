revoke execute on function hstore(text, text) from public;
grant select on pg_stat_statements to corpus_reader with grant option;
grant execute on function pg_stat_statements_reset to corpus_reader;
create extension file_fdw;
grant usage on foreign data wrapper file_fdw to corpus_writer;
