-- SQL texts that people compare with. A text never changes: another one gets another name. What it makes of an empty database is a snapshot
-- under the text's name (snapshot.database_name), taken when it was added.

create table source_text (
  name text primary key check (name ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,80}(\.[A-Za-z0-9_-]{1,20}){0,3}\.sql$'),
  content text not null,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  added_by uuid not null references person,
  added_at timestamptz not null default now()
);
create trigger source_text_append_only before update or delete or truncate on source_text for each statement execute function forbid_change();
