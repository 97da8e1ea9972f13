-- SQL texts that nobody compares with any more. The text itself never changes and never goes, because plans and comparisons name it: it is no longer offered.
create table source_archive (
  name text primary key references source_text,
  archived_by uuid not null references person,
  archived_at timestamptz not null default now(),
  reason text not null check (btrim(reason) <> '' and length(reason) <= 2000)
);
create trigger source_archive_append_only before update or delete or truncate on source_archive for each statement execute function forbid_change();
