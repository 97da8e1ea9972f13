CREATE TABLE device (id integer, port integer);
CREATE TABLE sensor (unit text, CONSTRAINT counted CHECK (port > 0)) INHERITS (device);
CREATE TABLE thermometer () INHERITS (sensor);
CREATE INDEX ON sensor (unit);
INSERT INTO sensor VALUES (1, 2, 'x');
CREATE TABLE door (id integer, CONSTRAINT numbered CHECK (id > 0));
CREATE TABLE gate (height integer, CONSTRAINT numbered CHECK (id > 0)) INHERITS (door);
CREATE TABLE hatch (CONSTRAINT numbered CHECK (id > 0)) INHERITS (gate);
INSERT INTO hatch VALUES (1, 2);
