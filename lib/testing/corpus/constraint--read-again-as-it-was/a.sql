-- Conditions that the server prints in words which, read again, make another tree: BETWEEN that comes first, a list over varchar.
create table p (id int, x int, y boolean, s varchar) partition by range (id);
alter table p add constraint c check (x between 1 and 9 and y);
alter table p add constraint d check (x not between 3 and 4 or y);
alter table p add constraint e check (s in ('a', 'b'));
create table p1 partition of p for values from (0) to (10);
create table h (id int, x int, y boolean, constraint c check (x between 1 and 9 and y));
