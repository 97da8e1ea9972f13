CREATE TYPE state AS ENUM ('new', 'draft', 'sold');
CREATE TABLE t (id integer, state state DEFAULT 'draft');
CREATE TABLE h (id integer, state state DEFAULT 'new', CONSTRAINT open CHECK (state <> 'sold')) INHERITS (t);
CREATE INDEX h_open ON h (id) WHERE state <> 'sold';
CREATE TABLE p (id integer, state state) PARTITION BY LIST (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE INDEX p1_open ON p1 (id) WHERE state <> 'sold';
