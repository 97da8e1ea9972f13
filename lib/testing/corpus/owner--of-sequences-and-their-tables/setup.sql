do $$ begin if not exists (select from pg_roles where rolname = 'corpus_app') then create role corpus_app; end if; end $$;
