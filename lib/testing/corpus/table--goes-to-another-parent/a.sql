-- Partitions and heirs whose old parent goes: they keep their rows, and leave it first.
CREATE TABLE old_days (k integer NOT NULL, day date DEFAULT '2020-01-01', CONSTRAINT sane CHECK (k > 0)) PARTITION BY LIST (k);
CREATE TABLE days_1 PARTITION OF old_days FOR VALUES IN (1);
CREATE TABLE old_things (id bigint NOT NULL, name text);
CREATE TABLE things_1 (id bigint NOT NULL, name text, own text);
ALTER TABLE things_1 INHERIT old_things;
-- One of two parents goes.
CREATE TABLE named (name text);
CREATE TABLE placed (name text, place text);
CREATE TABLE shops (id bigint) INHERITS (placed, named);
-- The same parents in another order, and a new one before those that stay.
CREATE TABLE one (a integer);
CREATE TABLE two (b integer);
CREATE TABLE three (c integer);
CREATE TABLE ordered (a integer, b integer) INHERITS (one, two);
CREATE TABLE led (a integer, c integer, b integer) INHERITS (one, three);
