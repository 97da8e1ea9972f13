create type e as enum ('z', 'x'); create domain de as e; create type comp as (v e, n int);
create function takes(e) returns e language sql immutable as 'select $1'; create function rets() returns setof e language sql as $$ select 'x'::e $$;
create table t (a e default 'z', b e[] default '{x,z}', c de, d comp, g e generated always as (takes(a)) stored, check (a <> 'z'));
create index i on t (a) where a = 'x'; create index i2 on t (takes(a));
create view v as select a, b from t where a = 'x';
create table p (k e, n int) partition by list (n);
