create function next_number(prefix text default 'R') returns text language sql volatile as $$ select prefix || '1' $$;
create function price(item bigint) returns numeric language sql immutable as $$ select item * 3.5 $$;
create table invoices (id integer, number text default next_number(), other text default next_number('Y'), item integer, constraint priced check (price(item) >= 0));
create view prices as select id, price(item) as price from invoices;
create index invoices_price on invoices (price(item));
