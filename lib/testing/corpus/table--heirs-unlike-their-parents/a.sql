CREATE TABLE parent (id integer NOT NULL DEFAULT 1, born timestamp DEFAULT now(), price integer, twice integer GENERATED ALWAYS AS (price * 2) STORED);
