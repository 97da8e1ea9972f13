CREATE TABLE three (d integer DEFAULT 1, e text NOT NULL);
CREATE TABLE led (d integer DEFAULT 2, own text) INHERITS (three);
CREATE TABLE below (d integer DEFAULT 3) INHERITS (led);
CREATE TABLE stays (x integer) INHERITS (three);
CREATE TABLE lone (id integer, note text NOT NULL);
-- The heir keeps the column as its own; 18 goes on saying that its NOT NULL is inherited.
CREATE TABLE lone_heir () INHERITS (lone);
ALTER TABLE ONLY lone DROP COLUMN note;
