CREATE TABLE device (id integer);
CREATE TABLE sensor (unit integer, firmware integer) INHERITS (device);
CREATE TABLE cable (length integer) INHERITS (device);
CREATE TABLE router (firmware integer) INHERITS (device);
CREATE TABLE thermometer () INHERITS (sensor);
CREATE TABLE adapter (firmware integer) INHERITS (cable);
