CREATE TABLE three (d integer DEFAULT 1, e text NOT NULL);
CREATE TABLE led (d integer DEFAULT 2, own text) INHERITS (three);
CREATE TABLE below (d integer DEFAULT 3) INHERITS (led);
CREATE TABLE stays (x integer) INHERITS (three);
