-- A table that comes has no rows, and the server takes what it inherits for checked.
create table p (k integer, word text);
alter table p add constraint checked check (word <> '') not valid;
create table there () inherits (p);
alter table p add constraint later check (k > 0) not valid;
alter table there validate constraint later;
create table q (k integer);
create table of_its_own () inherits (q);
