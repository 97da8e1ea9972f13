create extension pg_stat_statements;
create extension hstore;
