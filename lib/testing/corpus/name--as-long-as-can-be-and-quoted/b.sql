create schema "We ird";
create table "We ird"."T""x.y" ("select" int, "a.b" text default 'x''y\z', constraint "c.d" check ("select" > 0));
create table "We ird".this_is_a_name_that_is_far_longer_than_postgres_will_ever_take_and_is_cut (a int primary key);
create view "We ird"."V.v" as select "select" from "We ird"."T""x.y";
comment on column "We ird"."T""x.y"."a.b" is 'it''s';
