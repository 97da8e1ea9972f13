CREATE TYPE span AS (x integer, y integer);
CREATE TYPE point_of AS (since date, mark text);
CREATE DOMAIN place AS span CHECK (VALUE IS NOT NULL);
CREATE TABLE marks (id bigint PRIMARY KEY, at place, spans point_of);
