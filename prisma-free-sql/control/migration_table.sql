-- Which numbered files of this folder have run. A file that has run is never edited: its checksum is kept and compared.
create table if not exists control_migration (
  file text primary key,
  checksum text not null check (checksum ~ '^[0-9a-f]{64}$'),
  applied_at timestamptz not null default now()
);
