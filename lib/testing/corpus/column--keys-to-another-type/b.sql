create table p (id uuid primary key default gen_random_uuid());
create table c (id int, p uuid references p);
