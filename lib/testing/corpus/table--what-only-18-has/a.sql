-- Columns that are computed when they are read, constraints that are not enforced or not validated yet, keys over periods, names of NOT NULL, publications of computed columns.
CREATE EXTENSION btree_gist;
CREATE TABLE computed (a integer, b integer, v integer GENERATED ALWAYS AS (a + 1) VIRTUAL, w integer GENERATED ALWAYS AS (a + 2) VIRTUAL);
CREATE TABLE parts (a integer, b integer) PARTITION BY LIST (a);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE sources (a integer PRIMARY KEY);
CREATE TABLE loose (a integer CONSTRAINT above CHECK (a > 1), b integer CONSTRAINT from_source REFERENCES sources);
CREATE TABLE asked (a integer, b integer, c integer);
CREATE TABLE heir () INHERITS (asked);
CREATE TABLE stays (id integer, during daterange);
CREATE DOMAIN word AS text;
CREATE DOMAIN code AS text CONSTRAINT "A code" NOT NULL;
CREATE DOMAIN digit AS integer CONSTRAINT given NOT NULL;
CREATE PUBLICATION news FOR TABLE computed WITH (publish_generated_columns = none);
