CREATE TABLE parent (id integer NOT NULL DEFAULT 1, born timestamp DEFAULT now(), price integer, twice integer GENERATED ALWAYS AS (price * 2) STORED);
create table firm (id int not null); create table firm_one () inherits (firm); create table firm_two () inherits (firm_one); create table firm_three () inherits (firm_one);
create table firm_p (id int not null, k int) partition by list (k); create table firm_p1 partition of firm_p for values in (1); create table firm_p2 partition of firm_p for values in (2);
