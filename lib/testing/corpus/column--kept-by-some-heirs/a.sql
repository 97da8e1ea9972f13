CREATE TABLE device (id integer, firmware integer, battery integer DEFAULT 5);
CREATE TABLE sensor (unit integer) INHERITS (device);
CREATE TABLE cable (length integer) INHERITS (device);
CREATE TABLE router (firmware integer) INHERITS (device);
CREATE TABLE thermometer () INHERITS (sensor);
CREATE TABLE adapter () INHERITS (cable);
INSERT INTO thermometer VALUES (1, 2, 3, 4);
INSERT INTO adapter VALUES (1, 2, 3, 4);
