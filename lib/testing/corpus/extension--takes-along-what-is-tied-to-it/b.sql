-- What is tied to an extension goes with it unasked: who gives the extension up and keeps the rest must untie it first.
CREATE EXTENSION citext;
CREATE TABLE words (id integer PRIMARY KEY, word text);
CREATE INDEX words_word ON words (word);
CREATE TABLE parts (id integer) PARTITION BY LIST (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE INDEX parts_id ON parts (id);
CREATE MATERIALIZED VIEW counted AS SELECT count(*) + 1 AS n FROM words;
CREATE FUNCTION likeness(a text) RETURNS integer LANGUAGE sql AS 'SELECT 2';
CREATE PROCEDURE learn() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE total (integer) (SFUNC = int4pl, STYPE = integer);
CREATE FUNCTION say() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER said AFTER INSERT ON words FOR EACH ROW EXECUTE FUNCTION say();
ALTER FUNCTION likeness(text) DEPENDS ON EXTENSION citext;
ALTER MATERIALIZED VIEW counted DEPENDS ON EXTENSION citext;
