create schema other;
create table t (k integer not null, kept integer, come integer) partition by list (k);
create table other.t1 partition of t for values in (1);
create policy own on other.t1 using (come = 1);
create view over_t1 as select come from other.t1;
create table p (k integer, come integer);
create table other.heir (own integer) inherits (p);
create policy own on other.heir using (come = 1);
