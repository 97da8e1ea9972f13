create schema sales;
create type public.state as enum ('new', 'paid');
create table customer (id integer primary key, name text);
create sequence public.order_no;
create table public.orders (
  id bigint generated always as identity primary key,
  no integer not null default nextval('public.order_no'),
  serial_no serial,
  customer integer not null references customer,
  parent bigint references public.orders,
  state public.state not null default 'new',
  total numeric(12,2) constraint positive check (total >= 0),
  note text,
  search tsvector generated always as (to_tsvector('simple', note)) stored
);
alter sequence public.order_no owned by public.orders.no;
create table line (id integer primary key, orders bigint constraint line_orders references public.orders on delete cascade, qty integer);
create index orders_customer on public.orders (customer) where state = 'new';
create unique index orders_note on public.orders (lower(note));
create statistics public.orders_stats on customer, state from public.orders;
create view open_orders as select o.id, o.total, c.name from public.orders o join customer c on c.id = o.customer where o.state = 'new';
create materialized view totals as select customer, sum(total) as total from public.orders group by customer;
create unique index totals_customer on totals (customer);
create function total_of(bigint) returns numeric language sql stable as $$ select total from public.orders where id = $1 $$;
create function count_of(integer) returns bigint language sql stable begin atomic select count(*) from public.orders where customer = $1; end;
create function paid(bigint) returns public.orders language plpgsql as $$ declare r public.orders; begin update public.orders set state = 'paid' where id = $1 returning * into r; return r; end $$;
create function touch() returns trigger language plpgsql as $$ begin new.note := coalesce(new.note, ''); return new; end $$;
create trigger touched before insert on public.orders for each row execute function touch();
alter table public.orders enable row level security;
create policy own on public.orders using (exists (select from customer c where c.id = orders.customer));
create policy lines on line using (exists (select from public.orders o where o.id = line.orders));
alter table line enable row level security;
create rule quiet as on delete to open_orders do instead update public.orders set state = 'paid' where id = old.id;
create publication pub for table public.orders, line;
comment on table public.orders is 'what people order';
comment on column public.orders.note is 'free text';
grant select on public.orders to corpus_reader;
grant update (note) on public.orders to corpus_reader;
