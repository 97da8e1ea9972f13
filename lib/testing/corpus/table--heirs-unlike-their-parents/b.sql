CREATE TABLE parent (id integer NOT NULL DEFAULT 1, born timestamp DEFAULT now(), price integer, twice integer GENERATED ALWAYS AS (price * 2) STORED);
-- Declared here too, without the default; the computed column is not said again.
CREATE TABLE own (id integer DEFAULT 7, born timestamp, price integer, twice integer) INHERITS (parent);
ALTER TABLE own ALTER COLUMN born DROP DEFAULT;
CREATE TABLE plain () INHERITS (parent);
ALTER TABLE plain ALTER COLUMN id DROP DEFAULT;
ALTER TABLE parent ADD CONSTRAINT priced CHECK (price > 0) NOT VALID;
ALTER TABLE own VALIDATE CONSTRAINT priced;
CREATE TABLE strict () INHERITS (parent);
ALTER TABLE strict ALTER COLUMN price SET NOT NULL;
