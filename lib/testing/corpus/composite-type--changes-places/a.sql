-- Two types exchange their names under columns: rows are read by their fields, whatever the type is called.
CREATE TYPE point_of AS (x integer, y integer);
CREATE TYPE span AS (since date, mark text);
CREATE DOMAIN place AS point_of CHECK (VALUE IS NOT NULL);
CREATE TABLE marks (id bigint PRIMARY KEY, at place, spans span);
