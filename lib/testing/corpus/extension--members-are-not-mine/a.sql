create table t (a int);
alter default privileges grant execute on functions to corpus_reader; alter default privileges revoke execute on functions from public; alter default privileges grant usage on types to corpus_reader;
