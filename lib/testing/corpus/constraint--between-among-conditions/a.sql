CREATE TABLE t (a integer, b integer, CONSTRAINT seen CHECK (((a >= 1) AND (a <= 9)) AND b > 0 OR a IS NULL));
