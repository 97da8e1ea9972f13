-- An heir enforces a check of rows that nobody asked, and its parent enforces none.
CREATE TABLE things (size integer);
CREATE TABLE small_things () INHERITS (things);
INSERT INTO small_things VALUES (11);
