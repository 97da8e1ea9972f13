CREATE TABLE things (size integer);
CREATE TABLE small_things () INHERITS (things);
ALTER TABLE small_things ADD CONSTRAINT is_small CHECK (size < 10) NOT VALID ENFORCED;
ALTER TABLE things ADD CONSTRAINT is_small CHECK (size < 10) NOT ENFORCED;
