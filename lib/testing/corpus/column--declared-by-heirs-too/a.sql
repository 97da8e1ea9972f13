-- A column that comes to a parent and its heir, which declares it as well and would keep it if the parent lost it.
CREATE TABLE three (c integer);
CREATE TABLE led (c integer, own text) INHERITS (three);
CREATE TABLE below (c integer) INHERITS (led);
CREATE TABLE stays (x integer) INHERITS (three);
CREATE TABLE lone (id integer, note text NOT NULL);
