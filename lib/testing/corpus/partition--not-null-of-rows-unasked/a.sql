-- A partition of rows that nobody asked says NOT NULL before it is attached, as its table does.
CREATE TABLE kept (a int, b int) PARTITION BY LIST (a);
ALTER TABLE kept ADD CONSTRAINT nn NOT NULL a NOT VALID;
