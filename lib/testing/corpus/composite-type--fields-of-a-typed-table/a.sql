create type c as (a int, b int, x text); create table t (c c); create table typed of c;
