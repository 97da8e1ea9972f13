create schema "We ird";
create table "We ird"."T""x.y" ("select" int);
