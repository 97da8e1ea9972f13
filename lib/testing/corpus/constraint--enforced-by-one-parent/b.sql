CREATE TABLE things (size integer);
CREATE TABLE small_things () INHERITS (things);
ALTER TABLE things ADD CONSTRAINT is_small CHECK (size < 10) NOT ENFORCED;
ALTER TABLE small_things ADD CONSTRAINT is_small CHECK (size < 10) NOT VALID ENFORCED;
CREATE TABLE of_both () INHERITS (things, small_things);
