create type pair as (a int, b text);
create table was of pair;
create table fresh of pair (a with options not null);
