create view x as select 1 as a; create table y (a int); create view z as select 1 as a; create procedure f(int) language sql as 'select 1'; create table s (a int); create domain e as text; create table other (q int); create index idx on other(q); create table third (q int); create unique index u on third (q);
create table uses (v e default 'a', n int);
