-- Conditions that the server prints in words which, read again, make another tree: an AND that comes first in an AND, a list over varchar, over cidr, of columns, of lists.
create table p (id int, x int, y boolean, s varchar, n cidr, r regclass) partition by range (id);
alter table p add constraint c check (x between 1 and 9 and y);
alter table p add constraint d check (x not between 3 and 4 or y);
alter table p add constraint e check (s in ('a', 'b'));
alter table p add constraint f check ((id, x) = (1, 2) and y or (id, x) <> (3, 4) or x in (id, 5) or y);
alter table p add constraint g check (x not between symmetric 1 and id and y or id > 0);
alter table p add constraint i check (s not in ('a', null) or s in ('[b', 'c, d'));
alter table p add constraint j check (n in ('10.0.0.0/8', '10.1.0.0/16') or r in ('pg_class', 'pg_type'));
alter table p add constraint k check (s like any (array[s, s || 'x', upper(s)::varchar]) or s = any (array[array['a'::varchar], array[s]]));
create table p1 partition of p for values from (0) to (10);
create table h (id int, x int, y boolean, constraint c check (x between 1 and 9 and y), constraint d check (x not in (id, 5) and (id, x) < (x, 7) and y));
create table k (id int, x int, y boolean, constraint c check (x >= 1 and x <= 9 and y));
create view v as select extract('YEAR' from now()) > 2000 as late union all select y from k;
create view w as select q.a, q.b from (select id, s from p union all select 0, 'PUBLIC') q(a, b) where q.a > 0;
