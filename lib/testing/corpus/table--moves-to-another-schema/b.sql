create schema sales;
create type sales.state as enum ('new', 'paid');
create table customer (id integer primary key, name text);
create sequence sales.order_no;
create table sales.orders (
  id bigint generated always as identity primary key,
  no integer not null default nextval('sales.order_no'),
  serial_no serial,
  customer integer not null references customer,
  parent bigint references sales.orders,
  state sales.state not null default 'new',
  total numeric(12,2) constraint positive check (total >= 0),
  note text,
  search tsvector generated always as (to_tsvector('simple', note)) stored
);
alter sequence sales.order_no owned by sales.orders.no;
create table line (id integer primary key, orders bigint constraint line_orders references sales.orders on delete cascade, qty integer);
create index orders_customer on sales.orders (customer) where state = 'new';
create unique index orders_note on sales.orders (lower(note));
create statistics sales.orders_stats on customer, state from sales.orders;
create view open_orders as select o.id, o.total, c.name from sales.orders o join customer c on c.id = o.customer where o.state = 'new';
create materialized view totals as select customer, sum(total) as total from sales.orders group by customer;
create unique index totals_customer on totals (customer);
create function total_of(bigint) returns numeric language sql stable as $$ select total from sales.orders where id = $1 $$;
create function count_of(integer) returns bigint language sql stable begin atomic select count(*) from sales.orders where customer = $1; end;
create function paid(bigint) returns sales.orders language plpgsql as $$ declare r sales.orders; begin update sales.orders set state = 'paid' where id = $1 returning * into r; return r; end $$;
create function touch() returns trigger language plpgsql as $$ begin new.note := coalesce(new.note, ''); return new; end $$;
create trigger touched before insert on sales.orders for each row execute function touch();
alter table sales.orders enable row level security;
create policy own on sales.orders using (exists (select from customer c where c.id = orders.customer));
create policy lines on line using (exists (select from sales.orders o where o.id = line.orders));
alter table line enable row level security;
create rule quiet as on delete to open_orders do instead update sales.orders set state = 'paid' where id = old.id;
create publication pub for table sales.orders, line;
comment on table sales.orders is 'what people order';
comment on column sales.orders.note is 'free text';
grant select on sales.orders to corpus_reader;
grant update (note) on sales.orders to corpus_reader;
