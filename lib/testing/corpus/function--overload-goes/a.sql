create function next_number(prefix text default 'R', width integer default 8) returns text language sql volatile as $$ select prefix || lpad('1', width, '0') $$;
create function price(item integer) returns numeric language sql immutable as $$ select item * 2.5 $$;
create function price(item bigint) returns numeric language sql immutable as $$ select item * 3.5 $$;
create table invoices (id integer, number text default next_number('RE'), other text default next_number('X', 4), item integer, constraint priced check (price(item) >= 0));
create view prices as select id, price(item) as price from invoices;
