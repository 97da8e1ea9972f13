create type pair as (a int, b text);
create table was (a int, b text);
