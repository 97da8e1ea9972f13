-- The partition has a check called as the foreign key that comes with its table's, which the server calls otherwise then.
CREATE TABLE goods (id integer PRIMARY KEY);
CREATE TABLE sold (id integer NOT NULL, goods integer, CONSTRAINT is_good FOREIGN KEY (goods) REFERENCES goods) PARTITION BY LIST (id);
