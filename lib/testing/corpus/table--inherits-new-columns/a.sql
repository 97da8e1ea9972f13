CREATE TABLE things (id integer PRIMARY KEY, name text);
CREATE TABLE parts (id integer, note text, PRIMARY KEY (id));
CREATE TABLE small_parts () INHERITS (parts);
INSERT INTO things VALUES (1, 'a');
INSERT INTO small_parts VALUES (1, 'b');
