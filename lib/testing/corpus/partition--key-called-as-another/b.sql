CREATE TABLE goods (id integer PRIMARY KEY);
CREATE TABLE sold (id integer NOT NULL, goods integer, CONSTRAINT is_good FOREIGN KEY (goods) REFERENCES goods) PARTITION BY LIST (id);
CREATE TABLE sold_1 (id integer NOT NULL, goods integer, CONSTRAINT of_its_own FOREIGN KEY (goods) REFERENCES goods, CONSTRAINT is_good CHECK (true));
ALTER TABLE sold ATTACH PARTITION sold_1 FOR VALUES IN (1);
