-- A new heir of two parents, of which one enforces a check and the other does not.
CREATE TABLE things (size integer);
CREATE TABLE small_things () INHERITS (things);
