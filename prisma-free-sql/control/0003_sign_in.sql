-- Failed sign-ins per e-mail and address, and per e-mail from anywhere (address '*', because an address can be made up).
-- A row goes away with the next sign-in that succeeds.
create table sign_in_throttle (
  email text not null,
  address text not null,
  failures integer not null check (failures >= 0),
  last_failed_at timestamptz not null default now(),
  primary key (email, address)
);
