-- A table that comes has no rows, and the server takes what it inherits for checked.
create table p (k integer, word text);

create table there () inherits (p);
create table heir (own integer) inherits (p);
create table below () inherits (heir);
alter table p add constraint later check (k > 0) not valid;
alter table there validate constraint later;
alter table p add constraint checked check (word <> '') not valid;
-- Declared in both, and checked in the heir alone.
create table q (k integer);
create table of_its_own (constraint declared check (k > 0)) inherits (q);
alter table q add constraint declared check (k > 0) not valid;
