CREATE TABLE device (id integer, port integer, CONSTRAINT counted CHECK (port > 0));
CREATE TABLE sensor (unit text) INHERITS (device);
CREATE TABLE thermometer () INHERITS (sensor);
CREATE INDEX ON sensor (unit);
CREATE TABLE door (id integer, CONSTRAINT numbered CHECK (id > 0));
CREATE TABLE gate (height integer) INHERITS (door);
CREATE TABLE hatch () INHERITS (gate);
